/**
 * An issuer's life: irsa.yaml, and one command for each thing that can be done with it.
 *
 * @module
 */
export { exchangeToken, realClock } from '@irsa/aws-provisioner'
export type { Exchange } from '@irsa/aws-provisioner'
export type { Command, CommandInput, CommandResult, InputType, InputValues } from './command.ts'
export { bootstrapCommand } from './commands/bootstrap.ts'
export type { BootstrapResult } from './commands/bootstrap.ts'
export { destroyCommand } from './commands/destroy.ts'
export type { DestroyResult } from './commands/destroy.ts'
export { planCommand } from './commands/plan.ts'
export type { PlanResult } from './commands/plan.ts'
export { checkConfig, configSchemas } from './config.ts'
export type { Checked, Config, HostFile, IssuerFile } from './config.ts'
export { parseConfigFile } from './config-file.ts'
export type { RunContext, RunEvent } from './context.ts'
export type { ControlPlane } from './control-plane.ts'
export type { Finding } from './finding.ts'
export { InputError } from './input-error.ts'
export type { Outputs } from './outputs.ts'
export { openSession } from './session.ts'
export type { Session, SessionPlan } from './session.ts'
export { explain, explainedCodes } from './explanations.ts'
export { printable, printableLine } from './printable.ts'
export {
  dashed,
  renderActions,
  renderBootstrap,
  renderControlPlane,
  renderDestroy,
  renderFindings,
  renderOutputs,
  renderPlan,
} from './render.ts'

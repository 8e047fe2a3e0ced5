// `irsa bootstrap`: from a cluster without IRSA to a token that AWS accepts. Run it
// as often as you like: it does what is left to do.
import type { Facts } from '@irsa/aws-provisioner'
import type { ActionOutcome, Plan, Refusal } from '@irsa/reconcile'
import type { Command, CommandResult } from '../command.ts'
import { consentInputs, consentOf } from '../consent.ts'
import { converge } from '../converge.ts'
import type { ControlPlane } from '../control-plane.ts'
import { checkControlPlane } from '../control-plane.ts'
import type { Outputs } from '../outputs.ts'
import { outputsOf } from '../outputs.ts'
import { openSession } from '../session.ts'

export interface BootstrapResult extends CommandResult {
  readonly command: 'bootstrap'
  /** `hosted` is a host's own end: it has no tokens. */
  readonly state: ControlPlane['state'] | 'hosted' | 'refused' | 'failed'
  /** Whether anything was changed. */
  readonly changed: boolean
  /** The last plan: empty when all is done. */
  readonly plan: Plan
  readonly facts: Facts
  readonly outcomes: readonly ActionOutcome[]
  readonly refusals: readonly Refusal[]
  readonly leftOutKeys: readonly { readonly kid: string; readonly because: string }[]
  readonly outputs?: Outputs
  readonly controlPlane?: ControlPlane
}

export const bootstrapCommand: Command<BootstrapResult> = {
  name: 'bootstrap',
  summary: 'publish the issuer, register it, and prove that AWS accepts its tokens',
  inputs: consentInputs,
  async run(config, inputs, context) {
    const session = await openSession(config, context)
    const converged = await converge(session, { to: 'present', consent: consentOf(inputs) }, context)
    const { last, outcomes } = converged
    const outputs = config.issuer === undefined ? undefined : outputsOf(config, last.facts, last.observed)
    const changed = outcomes.some(({ action, status }) => action.verb !== 'await' && status !== 'not-attempted')
    const base = {
      command: 'bootstrap' as const,
      changed,
      plan: last.plan,
      facts: last.facts,
      leftOutKeys: last.leftOutKeys,
      outcomes,
      refusals: converged.status === 'refused' ? converged.refusals : [],
      ...(outputs === undefined ? {} : { outputs }),
    }
    if (converged.status !== 'done') return { ...base, outcome: 'failed', state: converged.status }
    if (config.issuer === undefined || outputs === undefined) return { ...base, outcome: 'ok', state: 'hosted' }
    const controlPlane = await checkControlPlane(
      { ...session, config, outputs, observed: last.observed, changed },
      context,
    )
    const { state } = controlPlane
    return {
      ...base,
      outcome: state === 'working' ? 'ok' : state === 'refused by STS' ? 'failed' : 'pending',
      state,
      controlPlane,
    }
  },
}

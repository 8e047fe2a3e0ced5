// `irsa plan`: what would be done, and what stands against it. Writes nothing.
import type { Facts } from '@irsa/aws-provisioner'
import type { Plan } from '@irsa/reconcile'
import type { Command, CommandResult } from '../command.ts'
import { consentInputs, consentOf } from '../consent.ts'
import type { ControlPlane } from '../control-plane.ts'
import { checkControlPlane } from '../control-plane.ts'
import type { Outputs } from '../outputs.ts'
import { outputsOf } from '../outputs.ts'
import { openSession } from '../session.ts'

export interface PlanResult extends CommandResult {
  readonly command: 'plan'
  readonly plan: Plan
  readonly facts: Facts
  readonly outputs?: Outputs
  /** Absent for hosts, and while there is something to do. */
  readonly controlPlane?: ControlPlane
}

export const planCommand: Command<PlanResult> = {
  name: 'plan',
  summary: 'show what bootstrap would do',
  inputs: consentInputs,
  async run(config, inputs, context) {
    const session = await openSession(config, context)
    const { plan, facts, observed } = await session.plan({ to: 'present', consent: consentOf(inputs) })
    const outputs = config.issuer === undefined ? undefined : outputsOf(config, facts, observed)
    const isSettled = plan.actions.length === 0 && plan.refusals.length === 0
    const controlPlane =
      config.issuer === undefined || outputs === undefined || !isSettled
        ? undefined
        : await checkControlPlane({ ...session, config, outputs, observed, changed: false }, context)
    return {
      command: 'plan',
      outcome: plan.refusals.length > 0 ? 'failed' : isSettled ? 'ok' : 'pending',
      plan,
      facts,
      ...(outputs === undefined ? {} : { outputs }),
      ...(controlPlane === undefined ? {} : { controlPlane }),
    }
  },
}

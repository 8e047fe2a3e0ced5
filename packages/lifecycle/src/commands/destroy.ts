// `irsa destroy`: a plan to absent. What still trusts the issuer is found first;
// its name goes last.
import type { Facts } from '@irsa/aws-provisioner'
import type { ActionOutcome, Plan, Refusal } from '@irsa/reconcile'
import type { Command, CommandResult } from '../command.ts'
import { consentInputs, consentOf, removalInputs } from '../consent.ts'
import { converge } from '../converge.ts'
import { InputError } from '../input-error.ts'
import { openSession } from '../session.ts'

export interface DestroyResult extends CommandResult {
  readonly command: 'destroy'
  readonly state: 'gone' | 'refused' | 'failed'
  readonly plan: Plan
  readonly facts: Facts
  readonly outcomes: readonly ActionOutcome[]
  readonly refusals: readonly Refusal[]
}

export const destroyCommand: Command<DestroyResult> = {
  name: 'destroy',
  summary: 'take the issuer away, after what still trusts it',
  inputs: [...removalInputs, ...consentInputs.filter(({ name }) => name === 'adopt')],
  async run(config, inputs, context) {
    if (inputs['confirm'] !== config.name) {
      throw new InputError([
        {
          code: 'not-confirmed',
          severity: 'error',
          path: '',
          message: `Cannot destroy "${config.name}": it has to be confirmed by name`,
          fix: `Run again with --confirm ${config.name}`,
        },
      ])
    }
    const session = await openSession(config, context)
    const converged = await converge(session, { to: 'absent', consent: consentOf(inputs) }, context)
    return {
      command: 'destroy',
      outcome: converged.status === 'done' ? 'ok' : 'failed',
      state: converged.status === 'done' ? 'gone' : converged.status,
      plan: converged.last.plan,
      facts: converged.last.facts,
      outcomes: converged.outcomes,
      refusals: converged.status === 'refused' ? converged.refusals : [],
    }
  },
}

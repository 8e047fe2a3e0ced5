// IAM answers from copies that follow some seconds behind (IAM User Guide,
// "Changes that I make are not always immediately visible").
import type { Attributes, Observed } from '@irsa/reconcile'
import { diffAttributes } from '@irsa/reconcile'
import type { Clock } from '../clock.ts'
import { poll } from '../clock.ts'

const INTERVAL_MS = 2_000
const TIMEOUT_MS = 120_000
/** STS may be behind what a read of IAM shows. */
const MARGIN_MS = 5_000

/** Reads back until IAM shows what was written: a run that looked again too early would write it again. */
export async function untilShown(
  clock: Clock,
  what: string,
  wanted: Attributes,
  look: () => Promise<Observed>,
): Promise<void> {
  await poll({
    clock,
    intervalMs: INTERVAL_MS,
    timeoutMs: TIMEOUT_MS,
    what: `IAM to show ${what} as it was written`,
    check: async () => {
      const { state, attributes } = await look()
      if (state !== 'present') return { pending: 'it does not show it yet' }
      const [difference] = diffAttributes(wanted, attributes)
      return difference === undefined ? { done: true } : { pending: `${difference.path} is still as before` }
    },
  })
}

export async function untilGone(clock: Clock, what: string, isGone: () => Promise<boolean>): Promise<void> {
  await poll({
    clock,
    intervalMs: INTERVAL_MS,
    timeoutMs: TIMEOUT_MS,
    what: `${what} to be gone`,
    check: async () => ((await isGone()) ? { done: true } : { pending: 'IAM still shows it' }),
  })
  await clock.sleep(MARGIN_MS)
}

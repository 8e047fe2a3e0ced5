// IAM answers from copies that follow some seconds behind (IAM User Guide,
// "Changes that I make are not always immediately visible").
import type { Clock } from '../clock.ts'
import { poll } from '../clock.ts'

const INTERVAL_MS = 2_000
const TIMEOUT_MS = 120_000
/** STS may be behind what a read of IAM shows. */
const MARGIN_MS = 5_000

export async function untilVisible(clock: Clock, what: string, isVisible: () => Promise<boolean>): Promise<void> {
  await poll({
    clock,
    intervalMs: INTERVAL_MS,
    timeoutMs: TIMEOUT_MS,
    what: `${what} to be visible`,
    check: async () => ((await isVisible()) ? { done: true } : { pending: 'IAM does not show it yet' }),
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

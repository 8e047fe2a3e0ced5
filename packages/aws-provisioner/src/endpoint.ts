// The issuer at its public URL: both documents fetched as STS would fetch them and
// compared with what is in the store, byte for byte.
import type { Attributes, Observed } from '@irsa/reconcile'
import { poll } from './clock.ts'
import type { AwsContext } from './context.ts'
import type { KindOperations } from './operations.ts'

const INTERVAL_MS = 10_000
/** Longest: a distribution that was made just now, and its name in the DNS. */
const TIMEOUT_MS = 20 * 60_000
/** STS gives up after 5 s (AWS re:Post, "iam-sts-invalididentitytoken"). */
const FETCH_LIMIT_MS = 5_000

export const endpoint: KindOperations = {
  async observe(context, resource): Promise<Observed> {
    const { attributes } = resource
    const reason =
      resource.presence === 'absent'
        ? 'it is going away'
        : await difference(context, attributes, String(attributes['discovery']), context.published.jwks?.body)
    return {
      id: resource.id,
      state: 'present',
      attributes,
      outputs: { name: String(attributes['issuerUrl']) },
      ownership: 'ours',
      ready: reason === undefined,
    }
  },

  async await(context, { attributes, report, signal }) {
    let invalidated = false
    await poll({
      clock: context.clock,
      intervalMs: INTERVAL_MS,
      timeoutMs: TIMEOUT_MS,
      what: `${String(attributes['issuerUrl'])} to serve what was published`,
      ...(signal === undefined ? {} : { signal }),
      onPending: (message, waitedMs) => report(`${message} (${Math.round(waitedMs / 1000)} s)`),
      check: async () => {
        const stored = await context.store.read(String(attributes['jwksKey']))
        const reason = await difference(context, attributes, String(attributes['discovery']), stored?.body)
        if (reason === undefined) return { done: true }
        if (!invalidated && reason.stale && context.facts.distribution !== undefined) {
          invalidated = true
          const { invalidate } = await import('./aws/invalidation.ts')
          await invalidate(
            context,
            [String(attributes['discoveryKey']), String(attributes['jwksKey'])],
            stored?.etag ?? '',
          )
        }
        return { pending: reason.message }
      },
    })
    return undefined
  },
}

interface Difference {
  readonly message: string
  /** An older content is served: a cache has to be told. */
  readonly stale: boolean
}

async function difference(
  context: AwsContext,
  attributes: Attributes,
  discovery: string | undefined,
  jwks: string | undefined,
): Promise<Difference | undefined> {
  const issuerUrl = String(attributes['issuerUrl'])
  const reasons = await Promise.all([
    compare(context, `${issuerUrl}/.well-known/openid-configuration`, discovery),
    compare(context, String(attributes['jwksUri']), jwks),
  ])
  return reasons.find((reason) => reason?.stale) ?? reasons.find((reason) => reason !== undefined)
}

async function compare(context: AwsContext, url: string, wanted: string | undefined): Promise<Difference | undefined> {
  if (wanted === undefined) return { message: `what ${url} should serve is not published yet`, stale: false }
  try {
    const response = await context.fetch(url, { signal: AbortSignal.timeout(FETCH_LIMIT_MS) })
    if (response.status !== 200) return { message: `${url} answers ${response.status}`, stale: false }
    if ((await response.text()) === wanted) return undefined
    return { message: `${url} serves an older content`, stale: true }
  } catch (error) {
    return { message: `${url} cannot be reached: ${reasonOf(error)}`, stale: false }
  }
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error
  return cause instanceof Error ? `${message} (${cause.message})` : message
}

// Requests with patience: an answer that says "later", or none at all, is asked
// again, on the clock that was passed in.
import { errorFromFailure, errorFromResponse } from './error.ts'
import type { ClusterPort, ClusterRequest, ClusterResponse } from './port.ts'

/** Time, as an argument. */
export interface Clock {
  now(): number
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

const MAX_ATTEMPTS = 8
const FIRST_DELAY_MS = 200
const LONGEST_DELAY_MS = 10_000
const LATER = new Set([429, 500, 502, 503, 504])

/** Every request of this package may be sent twice: reads, server-side applies, deletes and token requests. */
export function withRetries(port: ClusterPort, clock: Clock, random: () => number): ClusterPort {
  return async (request) => {
    for (let attempt = 1; ; attempt++) {
      const outcome = await port(request).catch((error: unknown) => ({ error }))
      const isLast = attempt === MAX_ATTEMPTS
      if ('error' in outcome) {
        if (isLast) throw outcome.error
      } else if (isLast || !LATER.has(outcome.status)) {
        return outcome
      }
      await clock.sleep(random() * Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt))
    }
  }
}

/** The parsed body of a success. @throws {ClusterError} */
export async function requestJson(port: ClusterPort, what: string, request: ClusterRequest): Promise<unknown> {
  const response = await send(port, what, request)
  if (response.status < 200 || response.status > 299) throw errorFromResponse(what, response)
  return parse(what, response)
}

/** Like {@link requestJson}, and `undefined` for what is not there. */
export async function requestJsonIfPresent(port: ClusterPort, what: string, request: ClusterRequest): Promise<unknown> {
  const response = await send(port, what, request)
  if (response.status === 404) return undefined
  if (response.status < 200 || response.status > 299) throw errorFromResponse(what, response)
  return parse(what, response)
}

async function send(port: ClusterPort, what: string, request: ClusterRequest): Promise<ClusterResponse> {
  return port(request).catch((error: unknown) => {
    throw errorFromFailure(what, error)
  })
}

function parse(what: string, response: ClusterResponse): unknown {
  try {
    return JSON.parse(response.body)
  } catch {
    throw errorFromResponse(what, { ...response, status: 502 })
  }
}

// Changes on their way to the name servers: `PENDING` first, `INSYNC` after a while.
import { identifier } from '../random.ts'
import type { SandboxResponse } from '../http.ts'
import { authorize } from './callers.ts'
import { bareId, respondXml, xmlTime } from './route53-wire.ts'
import type { AwsCall } from './service.ts'
import { ServiceError } from './service.ts'
import { WAITS } from './waits.ts'
import type { XmlElement } from './xml.ts'

/**
 * Notes a change and returns its `ChangeInfo`. The id depends on what was changed,
 * so that the same change sent twice, after a lost reply, is one and the same.
 */
export function recordChange(call: AwsCall, what: string, comment?: string): XmlElement {
  const { nowMs, caller, world } = call
  const id = `C${identifier('upper', 20, 'change', caller.account, what)}`
  const change = {
    account: caller.account,
    submittedAt: nowMs,
    insyncAt: nowMs + WAITS.recordInsyncMs,
    ...(comment !== undefined && { comment }),
  }
  world.aws.route53.changes[id] = change
  return present(id, change, nowMs)
}

export function getChange(call: AwsCall, written: string): SandboxResponse {
  const id = bareId(written)
  authorize(call, { action: 'route53:GetChange', resource: `arn:${call.caller.partition}:route53:::change/${id}` })
  const change = call.world.aws.route53.changes[id]
  if (change?.account !== call.caller.account) {
    throw new ServiceError('NoSuchChange', 404, `Could not find resource with ID: ${id}`)
  }
  return respondXml(200, 'GetChangeResponse', { ChangeInfo: present(id, change, call.nowMs) })
}

function present(
  id: string,
  change: { readonly submittedAt: number; readonly insyncAt: number; readonly comment?: string },
  nowMs: number,
): XmlElement {
  return {
    Id: `/change/${id}`,
    Status: nowMs < change.insyncAt ? 'PENDING' : 'INSYNC',
    SubmittedAt: xmlTime(change.submittedAt),
    ...(change.comment !== undefined && { Comment: change.comment }),
  }
}

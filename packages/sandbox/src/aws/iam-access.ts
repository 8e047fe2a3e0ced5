// What every IAM operation asks first: may the caller, on this resource, with
// these tags? And how the operations reach the account that they work on.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
import type { Caller } from './callers.ts'
import { authorize } from './callers.ts'
import type { IamState } from './iam-state.ts'
import type { ConditionContext } from './policy.ts'
import type { AwsCall } from './service.ts'
import { ServiceError } from './service.ts'

export function accountState(call: AwsCall): IamState {
  const state = call.world.aws.iam[call.caller.account]
  if (state === undefined)
    throw new ServiceError('InvalidClientTokenId', 403, 'The security token included in the request is invalid.')
  return state
}

export function iamArn(caller: Caller, resource: string): string {
  return `arn:${caller.partition}:iam::${caller.account}:${resource}`
}

export interface Facts {
  /** Tags that the resource has. */
  readonly resourceTags?: Readonly<Record<string, string>>
  /** Tags that the request sets. */
  readonly requestTags?: Readonly<Record<string, string>>
  /** Tag keys that the request names without a value. */
  readonly tagKeys?: readonly string[]
  readonly context?: ConditionContext
}

/** @throws {ServiceError} `AccessDenied` */
export function allowIam(call: AwsCall, operation: string, resource: string, facts: Facts = {}): void {
  const keys = [...Object.keys(facts.requestTags ?? {}), ...(facts.tagKeys ?? [])]
  authorize(call, {
    action: `iam:${operation}`,
    resource,
    context: {
      ...prefixed('aws:ResourceTag', facts.resourceTags),
      ...prefixed('iam:ResourceTag', facts.resourceTags),
      ...prefixed('aws:RequestTag', facts.requestTags),
      ...(keys.length === 0 ? {} : { 'aws:TagKeys': keys }),
      ...facts.context,
    },
  })
}

function prefixed(name: string, tags: Readonly<Record<string, string>> = {}): ConditionContext {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${name}/${key}`, value]))
}

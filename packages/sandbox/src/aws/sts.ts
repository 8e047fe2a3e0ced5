// STS: who am I, and credentials of a role for a token of an OIDC issuer. It
// fetches the issuer's documents over the emulated internet and verifies for real.
//
// AWS does not publish the order of its checks. Here: parameters, the token's form,
// provider, keys and signature, claims, then the role and its trust policy. That a
// missing provider is said before a missing role is recorded (mozilla-aws-cli#127).
import { own } from './iam-state.ts'
import type { QueryOperations } from './query.ts'
import { parseQuery, respondQuery, respondQueryError } from './query.ts'
import type { AwsCall, AwsService } from './service.ts'
import { ServiceError } from './service.ts'
import { assumeRoleWithWebIdentity } from './sts-web-identity.ts'
import type { XmlElement } from './xml.ts'

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/'

const OPERATIONS: QueryOperations = {
  GetCallerIdentity: { access: 'read', run: getCallerIdentity },
  AssumeRoleWithWebIdentity: { access: 'mint', run: assumeRoleWithWebIdentity },
}

export const sts: AwsService = {
  name: 'sts',
  identify(request) {
    const name = parseQuery(request).get('Action') ?? ''
    const operation = own(OPERATIONS, name)
    return operation === undefined ? undefined : { operation: name, access: operation.access }
  },
  handle(call, name) {
    const operation = own(OPERATIONS, name)
    if (operation === undefined) throw new ServiceError('InvalidAction', 400, `Could not find operation ${name}`)
    return respondQuery(call.request, NAMESPACE, name, operation.run(call, parseQuery(call.request)))
  },
  respondError: (error, { request }) => respondQueryError(request, NAMESPACE, error),
}

/** Needs no permission, and cannot be denied. */
function getCallerIdentity({ caller }: AwsCall): XmlElement {
  if (caller.kind === 'anonymous') {
    throw new ServiceError('MissingAuthenticationToken', 403, 'Request is missing Authentication Token')
  }
  return { Arn: caller.arn, UserId: caller.userId, Account: caller.account }
}

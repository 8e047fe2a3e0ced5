// IAM as far as an issuer and its roles need it: which operations there are, and
// the way in and out. What they do is in the files beside this one.
import type { SandboxRequest } from '../http.ts'
import { POLICY_OPERATIONS } from './iam-policies.ts'
import { PROVIDER_OPERATIONS } from './iam-providers.ts'
import { ROLE_POLICY_OPERATIONS } from './iam-role-policies.ts'
import { ROLE_OPERATIONS } from './iam-roles.ts'
import { own } from './iam-state.ts'
import { TAGGING_OPERATIONS } from './iam-tagging.ts'
import type { QueryOperation, QueryOperations } from './query.ts'
import { parseQuery, respondQuery, respondQueryError } from './query.ts'
import type { AwsService } from './service.ts'
import { ServiceError } from './service.ts'

const NAMESPACE = 'https://iam.amazonaws.com/doc/2010-05-08/'

const OPERATIONS: QueryOperations = {
  ...PROVIDER_OPERATIONS,
  ...ROLE_OPERATIONS,
  ...ROLE_POLICY_OPERATIONS,
  ...POLICY_OPERATIONS,
  ...TAGGING_OPERATIONS,
}

export const iam: AwsService = {
  name: 'iam',
  identify(request) {
    const name = operationName(request)
    const operation = findOperation(name)
    return operation === undefined ? undefined : { operation: name, access: operation.access }
  },
  handle(call, name) {
    const operation = findOperation(name)
    if (operation === undefined) throw new ServiceError('InvalidAction', 400, `Could not find operation ${name}`)
    if (call.caller.kind === 'anonymous') {
      throw new ServiceError('MissingAuthenticationToken', 403, 'Request is missing Authentication Token')
    }
    return respondQuery(call.request, NAMESPACE, name, operation.run(call, parseQuery(call.request)))
  },
  respondError: (error, { request }) => respondQueryError(request, NAMESPACE, error),
}

function operationName(request: SandboxRequest): string {
  return parseQuery(request).get('Action') ?? ''
}

function findOperation(name: string): QueryOperation | undefined {
  return own(OPERATIONS, name)
}

// ACM (JSON 1.1): certificates that are asked for, proved by DNS, used by
// distributions and deleted. What a certificate is at a moment stands in acm-status.ts.
import type { SandboxResponse } from '../http.ts'
import { decodeText, respondJson } from '../http.ts'
import type { Access } from '../request-log.ts'
import { addTagsToCertificate, listTagsForCertificate, removeTagsFromCertificate } from './acm-tags.ts'
import { deleteCertificate, describeCertificate, listCertificates } from './acm-certificates.ts'
import { requestCertificate } from './acm-requests.ts'
import type { AwsCall, AwsService } from './service.ts'
import { ServiceError } from './service.ts'

const TARGET = 'CertificateManager.'
const CONTENT_TYPE = 'application/x-amz-json-1.1'

type Input = Readonly<Record<string, unknown>>

/** What each operation makes of the input; `undefined` is an answer without members. */
const OPERATIONS: Readonly<
  Record<string, { access: Access; answer: (call: AwsCall, input: Input) => object | undefined }>
> = {
  AddTagsToCertificate: { access: 'write', answer: addTagsToCertificate },
  DeleteCertificate: { access: 'write', answer: deleteCertificate },
  DescribeCertificate: { access: 'read', answer: describeCertificate },
  ListCertificates: { access: 'read', answer: listCertificates },
  ListTagsForCertificate: { access: 'read', answer: listTagsForCertificate },
  RemoveTagsFromCertificate: { access: 'write', answer: removeTagsFromCertificate },
  RequestCertificate: { access: 'write', answer: requestCertificate },
}

export const acm: AwsService = {
  name: 'acm',
  identify({ headers }) {
    const target = headers['x-amz-target'] ?? ''
    const operation = target.startsWith(TARGET) ? target.slice(TARGET.length) : ''
    const found = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined
    return found && { operation, access: found.access }
  },
  handle(call, operation): SandboxResponse {
    const answer = OPERATIONS[operation]?.answer
    if (answer === undefined) throw new ServiceError('UnknownOperationException', 400, 'There is no such operation.')
    const output = answer(call, readInput(call))
    return output === undefined
      ? { status: 200, headers: { 'content-type': CONTENT_TYPE, 'content-length': '0' }, body: new Uint8Array() }
      : respondJson(200, output, CONTENT_TYPE)
  },
  respondError(error) {
    const [code, status] = JSON_CODES[error.code] ?? [error.code, error.status]
    const response = respondJson(status, { __type: code, message: error.message }, CONTENT_TYPE)
    return { ...response, headers: { ...response.headers, 'x-amzn-errortype': code } }
  },
}

/** Names that the services with JSON have for errors that are common to all services. */
const JSON_CODES: Readonly<Record<string, readonly [code: string, status: number]>> = {
  AccessDenied: ['AccessDeniedException', 400],
  ExpiredToken: ['ExpiredTokenException', 400],
  InvalidAction: ['UnknownOperationException', 400],
  InvalidClientTokenId: ['UnrecognizedClientException', 400],
  ServiceUnavailable: ['ServiceUnavailableException', 503],
  Throttling: ['ThrottlingException', 400],
}

function readInput({ request }: AwsCall): Input {
  let input: unknown
  try {
    input = JSON.parse(decodeText(request.body) || '{}')
  } catch {
    throw new ServiceError('SerializationException', 400, 'The request body is not valid JSON.')
  }
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new ServiceError('SerializationException', 400, 'The request body must be an object.')
  }
  return input as Input
}

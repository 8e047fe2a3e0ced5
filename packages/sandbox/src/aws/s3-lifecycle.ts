// Lifecycle rules: kept as they were sent, checked as S3 does. They are not carried
// out: nothing expires in the sandbox. S3 API Reference, "PutBucketLifecycleConfiguration".
import type { SandboxResponse } from '../http.ts'
import { respond, respondEmpty } from '../http.ts'
import { identifier } from '../random.ts'
import { list } from './policy.ts'
import type { S3Call } from './s3-access.ts'
import { authorizeOn, openBucket } from './s3-access.ts'
import { readXmlBody } from './s3-body.ts'
import { malformedXml } from './s3-errors.ts'
import { S3_NAMESPACE } from './s3-tags.ts'
import { ServiceError } from './service.ts'
import type { XmlElement, XmlValue } from './xml.ts'
import { buildXml } from './xml.ts'

const MAX_RULES = 1000
const MAX_ID_LENGTH = 255
const ACTIONS: readonly string[] = [
  'AbortIncompleteMultipartUpload',
  'Expiration',
  'NoncurrentVersionExpiration',
  'NoncurrentVersionTransition',
  'Transition',
]
const MEMBERS: ReadonlySet<string> = new Set([...ACTIONS, 'Filter', 'ID', 'Prefix', 'Status'])
/** Members that count days or versions and where they may stand. */
const COUNTS: readonly string[] = ['Days', 'DaysAfterInitiation', 'NewerNoncurrentVersions', 'NoncurrentDays']
/** Which sizes are moved when nobody says: the default since September 2024. */
const SIZE_HEADER = { 'x-amz-transition-default-minimum-object-size': 'all_storage_classes_128K' }

export function getBucketLifecycleConfiguration(call: S3Call): SandboxResponse {
  const opened = openBucket(call)
  authorizeOn(call, opened, { action: 's3:GetLifecycleConfiguration' })
  const { lifecycle } = opened.bucket.settings
  if (lifecycle === undefined) {
    const text = 'The lifecycle configuration does not exist'
    throw new ServiceError('NoSuchLifecycleConfiguration', 404, text, { BucketName: opened.name })
  }
  const Rule = lifecycle.map((rule, index) => ({ ID: generatedId(opened.arn, rule, index), ...rule }))
  const { status, headers, body } = respond(
    200,
    'application/xml',
    buildXml('LifecycleConfiguration', { Rule }, S3_NAMESPACE),
  )
  return { status, headers: { ...headers, ...SIZE_HEADER }, body }
}

export function putBucketLifecycleConfiguration(call: S3Call): SandboxResponse {
  const opened = openBucket(call)
  authorizeOn(call, opened, { action: 's3:PutLifecycleConfiguration' })
  const document = readXmlBody(call.request, 'LifecycleConfiguration')
  const rules = list(document['Rule'] as XmlElement | readonly XmlElement[] | undefined)
  if (rules.length === 0 || rules.length > MAX_RULES) throw malformedXml()
  for (const rule of rules) checkRule(rule)
  const ids = rules.map((rule) => rule['ID']).filter((id) => id !== undefined)
  if (new Set(ids).size < ids.length) {
    throw invalid('InvalidArgument', 'Rule ID must be unique. Found same ID for more than one rule')
  }
  opened.bucket.settings.lifecycle = [...rules]
  return respondEmpty(200, SIZE_HEADER)
}

export function deleteBucketLifecycle(call: S3Call): SandboxResponse {
  const opened = openBucket(call)
  authorizeOn(call, opened, { action: 's3:PutLifecycleConfiguration' })
  delete opened.bucket.settings.lifecycle
  return respondEmpty(204)
}

function checkRule(rule: XmlElement): void {
  if (typeof rule !== 'object' || Object.keys(rule).some((member) => !MEMBERS.has(member))) throw malformedXml()
  const { ID, Status, Filter, Prefix } = rule
  if (Status !== 'Enabled' && Status !== 'Disabled') throw malformedXml()
  if ((Filter === undefined) === (Prefix === undefined)) throw malformedXml()
  if (ID !== undefined && (typeof ID !== 'string' || ID.length > MAX_ID_LENGTH)) {
    throw invalid('InvalidArgument', 'ID length should not exceed allowed limit of 255')
  }
  if (!ACTIONS.some((action) => rule[action] !== undefined)) {
    throw invalid('InvalidRequest', 'At least one action needs to be specified in a rule')
  }
  for (const action of ACTIONS) checkAction(action, rule[action])
}

function checkAction(action: string, value: XmlValue | undefined): void {
  for (const element of list(value as XmlElement | readonly XmlElement[] | undefined)) {
    // An action without content does nothing, and S3 does not take it.
    if (typeof element !== 'object' || Object.keys(element).length === 0) throw malformedXml()
    for (const member of COUNTS) {
      const count = element[member]
      const zeroAllowed = member === 'Days' && action === 'Transition'
      if (count === undefined || (typeof count === 'string' && isCount(count, zeroAllowed))) continue
      throw invalid('InvalidArgument', `'${member}' for ${action} action must be a positive integer`)
    }
  }
}

function isCount(text: string, zeroAllowed: boolean): boolean {
  return /^\d{1,9}$/.test(text) && (zeroAllowed || Number(text) > 0)
}

// S3 names rules that came without a name.
function generatedId(arn: string, rule: XmlElement, index: number): string {
  return identifier('lower', 48, 's3-lifecycle-rule', arn, index, JSON.stringify(rule))
}

function invalid(code: string, message: string): ServiceError {
  return new ServiceError(code, 400, message)
}

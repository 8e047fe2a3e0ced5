// Which bucket names may be made, by whom and where. S3 User Guide, "General purpose
// bucket naming rules" and "Namespaces for general purpose buckets".
import { S3Error } from './s3-errors.ts'
import { ServiceError } from './service.ts'

const RESERVED_PREFIXES: readonly string[] = ['xn--', 'sthree-', 'amzn-s3-demo-']
const RESERVED_SUFFIXES: readonly string[] = ['-s3alias', '--ol-s3', '.mrap', '--x-s3', '--table-s3']
const ACCOUNT_REGIONAL = /^.+-(?<account>\d{12})-(?<region>[a-z]{2,4}(?:-[a-z]+)+-\d+)-an$/
/** The two Regions that have no account regional namespace. */
const WITHOUT_NAMESPACE: ReadonlySet<string> = new Set(['me-south-1', 'me-central-1'])

export type BucketNamespace = 'global' | 'account-regional'

/** @throws {ServiceError} `InvalidBucketName`. */
export function checkBucketName(name: string): void {
  const valid =
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) &&
    !name.includes('..') &&
    !/^\d{1,3}(\.\d{1,3}){3}$/.test(name) &&
    !RESERVED_PREFIXES.some((prefix) => name.startsWith(prefix)) &&
    !RESERVED_SUFFIXES.some((suffix) => name.endsWith(suffix))
  if (!valid) throw invalidName(name)
}

/**
 * Names that end in `-an` belong to the account and Region that they name; nobody else may make them,
 * and nobody without asking for that namespace. The codes and texts are those that people were shown
 * (https://github.com/ansible-collections/amazon.aws/issues/2935; onecloudplease.com, "Bucketsquatting is (Finally) Dead").
 *
 * @throws {ServiceError} `MissingNamespaceHeader`, `InvalidBucketNamespace` or `InvalidBucketName`.
 */
export function checkNamespace(
  name: string,
  asked: string | undefined,
  owner: { readonly account: string; readonly region: string },
): BucketNamespace {
  if (asked !== undefined && asked !== 'global' && asked !== 'account-regional') {
    throw new ServiceError('InvalidArgument', 400, 'The bucket namespace specified is not valid', {
      ArgumentName: 'x-amz-bucket-namespace',
      ArgumentValue: asked,
    })
  }
  const { account, region } = ACCOUNT_REGIONAL.exec(name)?.groups ?? {}
  if (asked !== 'account-regional') {
    if (account !== undefined) throw missingHeader()
    // The rules reserve the bare suffix too; which code such a name gets is not documented.
    if (name.endsWith('-an')) throw invalidName(name)
    return 'global'
  }
  const problem = WITHOUT_NAMESPACE.has(owner.region)
    ? `account-regional namespace buckets are not available in the region '${owner.region}'.`
    : account === undefined
      ? `the bucket name does not end with -${owner.account}-${owner.region}-an. Specify the targeted account and region in the bucket name.`
      : account !== owner.account
        ? `the requested AWS Account ID '${account}' does not match the caller's AWS Account ID '${owner.account}'. Specify the caller's AWS Account ID in the bucket name.`
        : region !== owner.region
          ? `the requested region '${region}' does not match the current region '${owner.region}'. Specify the targeted region in the bucket name.`
          : undefined
  if (problem === undefined) return 'account-regional'
  throw new ServiceError(
    'InvalidBucketNamespace',
    400,
    `The requested bucket is an account-regional namespace bucket, but ${problem}`,
    { BucketNamespace: name },
  )
}

function invalidName(name: string): S3Error {
  return new S3Error('InvalidBucketName', 400, 'The specified bucket is not valid.', { BucketName: name })
}

function missingHeader(): ServiceError {
  return new ServiceError(
    'MissingNamespaceHeader',
    400,
    'The requested bucket is an account-regional namespace bucket, but your request is missing the required x-amz-bucket-namespace header.',
    { Header: 'x-amz-bucket-namespace' },
  )
}

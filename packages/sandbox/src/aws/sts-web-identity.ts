// AssumeRoleWithWebIdentity: from parameters to credentials. The order of the
// checks is told in sts.ts.
import { deflateRawSync } from 'node:zlib'
import { identifier } from '../random.ts'
import type { AccessKey } from '../world.ts'
import { partitionOfRegion, requestContext, sessionTokenOf, sourceIp } from './callers.ts'
import { asSeen } from './iam-replica.ts'
import type { OidcProvider, Role } from './iam-state.ts'
import { own } from './iam-state.ts'
import type { Parameters } from './query.ts'
import { xmlTime } from './query.ts'
import type { AwsCall } from './service.ts'
import { ServiceError } from './service.ts'
import { audienceOf, checkTimes, isRoleNamed, requireClaims, sessionClaimsOf, subjectOf } from './sts-claims.ts'
import { readKeySet } from './sts-issuer.ts'
import type { Wanted } from './sts-parameters.ts'
import { checkProviderId, parseParameters } from './sts-parameters.ts'
import { noVerificationKey, notValidated, parseToken, verifySignature } from './sts-token.ts'
import type { Bearer } from './sts-trust.ts'
import { isTrusted, trustContext } from './sts-trust.ts'
import { WAITS } from './waits.ts'
import type { XmlElement } from './xml.ts'

const MOST_PACKED = 2048

export function assumeRoleWithWebIdentity(call: AwsCall, parameters: Parameters): XmlElement {
  const wanted = parseParameters(call, parameters)
  checkProviderId(parameters.get('ProviderId'))
  const bearer = identify(call, wanted)
  const role = findSeenRole(call, wanted)
  const context = { ...requestContext(call), 'aws:SourceIp': sourceIp(call.request) }
  if (role === undefined || !isTrusted(role, bearer, context)) throw notAuthorized()
  if (wanted.durationSeconds > role.settings.maxSessionDuration) {
    throw new ServiceError(
      'ValidationError',
      400,
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    )
  }
  const packedPercent = packedSize(role, bearer, wanted.sessionPolicies)
  if (packedPercent > 100) {
    throw new ServiceError(
      'PackedPolicyTooLarge',
      400,
      'Packed size of session policy and session tags exceeds the limit.',
    )
  }
  return answer(call, { wanted, bearer, role, packedPercent })
}

/** Whose token it is, once it is verified. @throws {ServiceError} */
function identify(call: AwsCall, wanted: Wanted): Bearer {
  const token = parseToken(wanted.token)
  const { claims } = token
  requireClaims(claims)
  const issuer = String(claims['iss'])
  const { arn, provider } = findSeenProvider(call, wanted.account, issuer)
  const keySet = readKeySet(call, issuer)
  if (keySet === undefined) throw noVerificationKey()
  verifySignature(token, keySet)
  const audience = audienceOf(claims, provider.settings.clientIds)
  checkTimes(claims, call.nowMs)
  return {
    account: wanted.account,
    providerArn: arn,
    issuer,
    claims,
    subject: subjectOf(claims),
    audience,
    session: sessionClaimsOf(claims),
    sessionName: wanted.sessionName,
    namedByIssuer: isRoleNamed(claims, wanted.roleArn),
  }
}

/**
 * The provider must be in the role's account, and its URL the token's issuer byte
 * for byte. One that STS does not know yet is refused like a role that it does not
 * know yet, as recorded; one that is not there is not.
 */
function findSeenProvider(
  call: AwsCall,
  account: string,
  issuer: string,
): { readonly arn: string; readonly provider: OidcProvider } {
  const { world, nowMs, region } = call
  const iam = world.aws.iam[account]
  const arn = `arn:${partitionOfRegion(region)}:iam::${account}:oidc-provider/${issuer.replace(/^https:\/\//, '')}`
  const current = iam && own(iam.oidcProviders, arn)
  const provider = asSeen(world, nowMs, arn, current, WAITS.iamVisibleMs)
  if (provider === undefined && current?.settings.url === issuer) throw notAuthorized()
  if (provider === undefined || provider.settings.url !== issuer) throw notValidated()
  return { arn, provider }
}

function findSeenRole(call: AwsCall, { account, roleArn, roleName }: Wanted): Role | undefined {
  const { world, nowMs } = call
  const named = own(world.aws.iam[account]?.roles ?? {}, roleName.toLowerCase())
  return asSeen(world, nowMs, roleArn, named?.arn === roleArn ? named : undefined, WAITS.iamVisibleMs)
}

function notAuthorized(): ServiceError {
  return new ServiceError('AccessDenied', 403, 'Not authorized to perform sts:AssumeRoleWithWebIdentity')
}

/** Percent. AWS's packed form is not published; recorded sessions without policies took 25, and so about do these. */
function packedSize(role: Role, bearer: Bearer, policies: readonly string[] = []): number {
  const context = JSON.stringify(trustContext(role, bearer)).length
  const packed = policies.length === 0 ? 0 : deflateRawSync(policies.join('')).length
  return Math.ceil(((context + packed) * 100) / MOST_PACKED)
}

function answer(
  call: AwsCall,
  granted: { readonly wanted: Wanted; readonly bearer: Bearer; readonly role: Role; readonly packedPercent: number },
): XmlElement {
  const { wanted, bearer, role, packedPercent } = granted
  const { accessKeyId, key } = createSession(call, wanted, bearer, role)
  const { sourceIdentity } = bearer.session
  return {
    Audience: bearer.audience.value,
    AssumedRoleUser: { AssumedRoleId: key.userId, Arn: key.arn },
    Provider: bearer.providerArn,
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: key.secret,
      SessionToken: sessionTokenOf(accessKeyId),
      Expiration: xmlTime(key.expiresAt ?? call.nowMs),
    },
    SubjectFromWebIdentityToken: bearer.subject,
    PackedPolicySize: String(packedPercent),
    ...(sourceIdentity === undefined ? {} : { SourceIdentity: sourceIdentity }),
  }
}

function createSession(
  call: AwsCall,
  wanted: Wanted,
  bearer: Bearer,
  role: Role,
): { readonly accessKeyId: string; readonly key: AccessKey } {
  const { world, nowMs } = call
  const { account, roleName, sessionName, durationSeconds, sessionPolicies } = wanted
  const arn = `arn:${partitionOfRegion(call.region)}:sts::${account}:assumed-role/${role.settings.name}/${sessionName}`
  const earlier = Object.values(world.sessions).filter((session) => session.arn === arn).length
  const accessKeyId = `ASIA${identifier('upper', 16, 'session', account, roleName, sessionName, earlier)}`
  const { tags, sourceIdentity } = bearer.session
  const key: AccessKey = {
    kind: 'assumed-role',
    account,
    secret: identifier('lower', 40, 'session secret', accessKeyId),
    arn,
    userId: `${role.id}:${sessionName}`,
    roleArn: role.arn,
    ...(sessionPolicies === undefined ? {} : { policies: [...sessionPolicies] }),
    context: {
      'aws:FederatedProvider': bearer.providerArn,
      ...(sourceIdentity === undefined ? {} : { 'aws:SourceIdentity': sourceIdentity }),
      ...Object.fromEntries(Object.entries(tags).map(([name, value]) => [`aws:PrincipalTag/${name}`, value])),
    },
    expiresAt: nowMs + durationSeconds * 1000,
  }
  world.sessions[accessKeyId] = key
  return { accessKeyId, key }
}

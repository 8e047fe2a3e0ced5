// Whether a role's trust policy lets in the bearer of a verified token.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
// "Available keys for AWS OIDC federation"; what the general keys hold in this
// evaluation was recorded by radkawar/stackd (testdata/oidc/aws-trust.json).
import type { Role } from './iam-state.ts'
import type { ConditionContext, PolicyDocument } from './policy.ts'
import { evaluatePolicies } from './policy.ts'
import type { Audience, SessionClaims } from './sts-claims.ts'
import type { Json } from './sts-token.ts'

export interface Bearer {
  readonly account: string
  readonly providerArn: string
  /** As registered, with `https://`. */
  readonly issuer: string
  readonly claims: Json
  readonly subject: string
  readonly audience: Audience
  readonly session: SessionClaims
  readonly sessionName: string
  /** Whether the token names this role among those that its issuer allows. */
  readonly namedByIssuer: boolean
}

/** `request` holds the keys that any request carries. */
export function isTrusted(role: Role, bearer: Bearer, request: ConditionContext): boolean {
  const { session } = bearer
  const actions = [
    'sts:AssumeRoleWithWebIdentity',
    ...(Object.keys(session.tags).length === 0 ? [] : ['sts:TagSession']),
    ...(session.sourceIdentity === undefined ? [] : ['sts:SetSourceIdentity']),
  ]
  const policy = JSON.parse(role.settings.trustPolicy) as PolicyDocument
  const context = { ...request, ...trustContext(role, bearer) }
  return actions.every(
    (action) =>
      evaluatePolicies([policy], {
        action,
        resource: role.arn,
        context,
        // The bearer is its provider and nobody else: `AWS: "*"` does not mean it.
        matchesPrincipal: (type, value) => type === 'Federated' && value === bearer.providerArn,
      }) === 'allow',
  )
}

export function trustContext(role: Role, bearer: Bearer): ConditionContext {
  const { claims, audience, session } = bearer
  const prefix = bearer.issuer.slice('https://'.length)
  const { amr, email } = claims
  const amrValues = typeof amr === 'string' ? [amr] : Array.isArray(amr) ? amr.map(String) : undefined
  const tagKeys = Object.keys(session.tags)
  return {
    [`${prefix}:aud`]: audience.value,
    [`${prefix}:oaud`]: audience.original,
    [`${prefix}:sub`]: bearer.subject,
    [`${prefix}:amr`]: amrValues,
    [`${prefix}:email`]: typeof email === 'string' ? email : undefined,
    'sts:RoleSessionName': bearer.sessionName,
    'sts:RoleAuthorizedByIdp': String(bearer.namedByIssuer),
    'sts:SourceIdentity': session.sourceIdentity,
    'sts:TransitiveTagKeys': session.transitiveTagKeys.length === 0 ? undefined : session.transitiveTagKeys,
    'aws:TagKeys': tagKeys.length === 0 ? undefined : tagKeys,
    ...Object.fromEntries(Object.entries(session.tags).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
    ...Object.fromEntries(Object.entries(role.settings.tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value])),
    'aws:FederatedProvider': bearer.providerArn,
    'aws:PrincipalAccount': bearer.account,
    'aws:PrincipalType': 'User',
    'aws:userid': bearer.providerArn,
  }
}

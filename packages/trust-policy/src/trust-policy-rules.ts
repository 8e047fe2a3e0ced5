// Why each lint rule exists, how to mend what it finds and who says so: data, apart from the checks, so that whoever
// only lints does not carry the texts. The reference of rules is generated from here.

import type { Severity } from './finding.ts'
import { ruleSeverities, type TrustPolicyRuleId } from './lint-rule.ts'

/** A lint rule and what stands behind it. */
export interface TrustPolicyRule {
  readonly id: TrustPolicyRuleId
  readonly severity: Severity
  readonly title: string
  /** What happens when the rule is broken. */
  readonly why: string
  /** How to mend it. */
  readonly fix: string
  /** The AWS page, standard or public report behind it. */
  readonly source: string
}

const conditions = 'AWS IAM User Guide, IAM JSON policy elements: Condition operators'
const contextKeys = 'AWS IAM User Guide, IAM and AWS STS condition context keys'
const createRole = 'AWS IAM User Guide, Create a role for OpenID Connect federation'
const multivalued = 'AWS IAM User Guide, Single-valued vs. multivalued context keys'
const principalPage = 'AWS JSON policy elements: Principal'
const quotas = 'AWS IAM User Guide, IAM and AWS STS quotas'
const secureByDefault = 'AWS IAM User Guide, Identity-provider controls for shared OIDC providers'
const datadog = 'Datadog Security Labs, cloud-security-atlas, IAM role can be assumed by any GitHub Action'
// A public recording of calls to STS and IAM, September 2026.
const observed = 'Observed: github.com/radkawar/stackd, internal/services/sts/testdata/oidc'
const kubernetesNames = 'Kubernetes documentation, Object Names and IDs; RFC 1123'
const exact = 'Write StringEquals with the exact value.'

type Texts = Readonly<Record<TrustPolicyRuleId, Omit<TrustPolicyRule, 'id' | 'severity'>>>

const texts: Texts = {
  'action-extra': {
    title: 'An action that token holders cannot use',
    why: 'sts:AssumeRole and sts:AssumeRoleWithSAML mean other kinds of callers. Beside the right action they only mislead.',
    fix: 'Leave it out.',
    source: createRole,
  },
  'action-missing': {
    title: 'The action of the exchange is missing',
    why: 'Tokens are exchanged by sts:AssumeRoleWithWebIdentity and by nothing else: the statement lets nobody in.',
    fix: 'Write "Action": "sts:AssumeRoleWithWebIdentity".',
    source: createRole,
  },
  'action-wide': {
    title: 'More actions than the exchange',
    why: 'Wildcards and NotAction include what STS adds later, and session tags now, which may give further rights.',
    fix: 'Write "Action": "sts:AssumeRoleWithWebIdentity".',
    source: 'AWS IAM User Guide, Security best practices in IAM, least privilege',
  },
  'aud-api-server': {
    title: 'Tokens for the API server are let in',
    why: 'Every pod has a token for the API server by default, and everybody who is sent one may use it here.',
    fix: 'Use an audience of its own, such as sts.amazonaws.com, and let the injection request it.',
    source: 'Kubernetes documentation, Managing Service Accounts; kube-apiserver --api-audiences',
  },
  'aud-missing': {
    title: 'The audience is not tested',
    why: 'A token of the same service account for another audience that the provider knows, such as vault, is let in too.',
    fix: 'Add StringEquals on ISSUER:aud with sts.amazonaws.com.',
    source: `${createRole}; OpenID Connect Core 1.0, section 3.1.3.7`,
  },
  'aud-unregistered': {
    title: 'The provider does not know the audience',
    why: 'STS refuses tokens for audiences that are not among the client ids of the provider: the value never matches.',
    fix: 'Add the audience to the provider, or name one that it has.',
    source: 'AWS IAM API Reference, CreateOpenIDConnectProvider, ClientIDList',
  },
  'aud-wildcard': {
    title: 'The audience has a wildcard',
    why: 'Tokens for audiences that are registered later are let in as well.',
    fix: exact,
    source: createRole,
  },
  'key-prefix': {
    title: 'A condition key of another issuer',
    why: 'A key is the issuer as in the ARN of the provider, without scheme and port, and the claim. Another key is absent from every request: a test that needs it lets nobody in, one that forbids it lets everybody in.',
    fix: 'Write the key with the part of the ARN behind "oidc-provider/".',
    source: contextKeys,
  },
  'key-unknown': {
    title: 'A claim that AWS makes no key of',
    why: 'Of the tokens of a provider like this AWS knows aud, sub, amr, email and oaud. Other claims, those of Kubernetes among them, are absent from every request.',
    fix: 'Test sub, which names namespace and service account.',
    source: contextKeys,
  },
  'like-without-wildcard': {
    title: 'StringLike without a wildcard',
    why: 'It works like StringEquals until somebody writes a star into the value.',
    fix: exact,
    source: conditions,
  },
  'operator-unknown': {
    title: 'A condition operator that IAM does not know',
    why: 'IAM refuses the policy.',
    fix: 'Check the spelling, upper and lower case included.',
    source: conditions,
  },
  'policy-invalid': {
    title: 'Not a policy',
    why: 'IAM refuses what does not keep the grammar of policies.',
    fix: 'Mend what the finding names.',
    source: 'AWS IAM User Guide, Grammar of the IAM JSON policy language',
  },
  'policy-variable': {
    title: 'A variable instead of a value',
    why: 'What the variable stands for is chosen by the request, and a variable without value matches nothing.',
    fix: 'Write the value.',
    source: 'AWS IAM User Guide, IAM policy elements: Variables and tags',
  },
  'principal-missing': {
    title: 'Nobody is named',
    why: 'A trust policy must say who is trusted; IAM refuses it otherwise.',
    fix: 'Add "Principal": { "Federated": ARN of the provider }.',
    source: principalPage,
  },
  'principal-negated': {
    title: 'Everybody but those named',
    why: 'NotPrincipal with Allow trusts the whole world except for a few.',
    fix: 'Name those who are trusted under "Principal".',
    source: 'AWS JSON policy elements: NotPrincipal',
  },
  'principal-wildcard': {
    title: 'Everybody is trusted',
    why: 'Any AWS account may assume the role when its action allows it.',
    fix: 'Name the provider, or restrict with aws:PrincipalOrgID.',
    source: principalPage,
  },
  'provider-elsewhere': {
    title: 'A provider of another account',
    why: 'A role trusts providers of its own account and partition only; the statement lets nobody in.',
    fix: 'Register the issuer in the account of the role and name that provider.',
    source: 'AWS re:Post, How do I resolve the OIDC provider error in IAM; AWS IAM User Guide, partitions in ARNs',
  },
  'provider-malformed': {
    title: 'Not the ARN of an OpenID Connect provider',
    why: 'IAM refuses the policy, or no token ever matches.',
    fix: 'Write arn:PARTITION:iam::ACCOUNT:oidc-provider/ISSUER, the issuer without "https://".',
    source: principalPage,
  },
  'provider-unknown': {
    title: 'The provider does not exist',
    why: 'Without the provider STS cannot verify tokens: the statement lets nobody in, and whoever may create the provider decides whom it lets in.',
    fix: 'Create the provider first, or remove the statement.',
    source: 'AWS IAM User Guide, Create an OpenID Connect (OIDC) identity provider in IAM',
  },
  'resource-element': {
    title: 'A trust policy with a resource',
    why: 'The resource of a trust policy is its role; IAM refuses the element.',
    fix: 'Leave "Resource" out.',
    source: 'AWS IAM User Guide, IAM JSON policy elements: Resource',
  },
  'session-tags-open': {
    title: 'Any session tags are taken from the token',
    why: 'Whoever shapes the token chooses tags, and policies that go by tags then give rights.',
    fix: 'Leave sts:TagSession out, or restrict it with aws:RequestTag and aws:TagKeys.',
    source: 'AWS IAM User Guide, Pass session tags in AWS STS',
  },
  'several-providers': {
    title: 'Several providers share their conditions',
    why: 'A token has the keys of one issuer only. Conditions on the keys of one let nobody of the others in; without any, all tokens of all of them are let in.',
    fix: 'Write one statement for each provider.',
    source: contextKeys,
  },
  'size-over-default': {
    title: 'Longer than the default quota',
    why: 'A trust policy has at most 2048 characters unless the quota of the account was raised.',
    fix: 'Have the quota raised, or spread the service accounts over several roles.',
    source: quotas,
  },
  'size-over-maximum': {
    title: 'Longer than IAM takes',
    why: 'No quota allows more than 8192 characters.',
    fix: 'Spread the service accounts over several roles.',
    source: quotas,
  },
  'sub-default-account': {
    title: 'The default service account of a namespace',
    why: 'Every pod of the namespace that names no service account runs as it.',
    fix: 'Make a service account for the workload.',
    source: 'Kubernetes documentation, Configure Service Accounts for Pods',
  },
  'sub-grammar': {
    title: 'Not the subject of a service account',
    why: 'Subjects are system:serviceaccount:NAMESPACE:NAME, in lower case. Another value never matches.',
    fix: 'Write the subject out.',
    source: kubernetesNames,
  },
  'sub-missing': {
    title: 'The subject is not tested',
    why: 'Every service account of the cluster may assume the role, from every namespace.',
    fix: 'Add StringEquals on ISSUER:sub with system:serviceaccount:NAMESPACE:NAME.',
    source: `${datadog}; ${secureByDefault}`,
  },
  'sub-wildcard-all': {
    title: 'The subject may be any',
    why: 'The pattern leaves no service account out, so the test is none.',
    fix: exact,
    source: `${datadog}; ${secureByDefault}`,
  },
  'sub-wildcard-name': {
    title: 'A wildcard in the name of the service account',
    why: 'Whoever may create service accounts in the namespace may assume the role.',
    fix: `${exact} Keep the pattern only where that is meant.`,
    source: conditions,
  },
  'sub-wildcard-namespace': {
    title: 'A wildcard in the namespace',
    why: 'Whoever may create a namespace that matches may assume the role; team-* means team-evil too.',
    fix: exact,
    source: conditions,
  },
  'test-empty': {
    title: 'A test against nothing',
    why: 'No token matches an empty list. IAM stores it all the same.',
    fix: 'Name a value.',
    source: observed,
  },
  'test-for-all-values': {
    title: 'ForAllValues on a claim of one value',
    why: 'ForAllValues is met when the claim is absent.',
    fix: exact,
    source: `${multivalued}; IAM Access Analyzer, ForAllValues with single valued key`,
  },
  'test-for-any-value': {
    title: 'ForAnyValue on a claim of one value',
    why: 'It adds nothing, and a later ForAllValues beside it looks the same.',
    fix: 'Leave "ForAnyValue:" out.',
    source: multivalued,
  },
  'test-if-exists': {
    title: 'A test that an absent claim passes',
    why: 'With IfExists the condition is met when the key is absent.',
    fix: exact,
    source: conditions,
  },
  'test-negated': {
    title: 'A test of what a claim is not',
    why: 'Everything else is let in, and so is a request without the key.',
    fix: exact,
    source: `${conditions}; ${secureByDefault}`,
  },
  'test-null': {
    title: 'A test that only asks whether a claim is there',
    why: 'Every token has sub and aud.',
    fix: exact,
    source: `${conditions}; ${secureByDefault}`,
  },
  'test-operator-type': {
    title: 'An operator for values of another type',
    why: 'sub and aud are texts. Compared as numbers, dates, addresses or ARNs they match nothing.',
    fix: exact,
    source: conditions,
  },
  unsatisfiable: {
    title: 'Tests that exclude each other',
    why: 'All operators of a statement must be met. No value meets these, so the statement lets nobody in.',
    fix: 'Put the values under one operator, or write two statements.',
    source: 'AWS IAM User Guide, Conditions with multiple context keys or values',
  },
  'version-old': {
    title: 'An old version of the policy language',
    why: 'Before 2012-10-17, and without a version, variables are plain text.',
    fix: 'Write "Version": "2012-10-17".',
    source: 'AWS IAM User Guide, IAM JSON policy elements: Version',
  },
  'white-space': {
    title: 'White space or an invisible character',
    why: 'IAM compares character by character: the value never matches what it looks like.',
    fix: 'Type the value again.',
    source: conditions,
  },
  'wildcard-literal': {
    title: 'A wildcard that is none',
    why: 'StringEquals compares * and ? as they stand: the value never matches.',
    fix: 'Name each value, or use StringLike where a pattern is meant.',
    source: conditions,
  },
}

/**
 * The rules of `lintTrustPolicy` in the order of their ids: what each finds, why, how to mend it, and the source.
 *
 * @example
 * ```ts
 * import { trustPolicyRules } from '@irsa/trust-policy'
 *
 * const rule = trustPolicyRules.find(({ id }) => id === 'sub-missing')
 * console.log(rule?.severity, rule?.title) // error The subject is not tested
 * ```
 */
export const trustPolicyRules: readonly TrustPolicyRule[] = Object.entries(texts).map(([id, text]) => {
  return { id: id as TrustPolicyRuleId, severity: ruleSeverities[id as TrustPolicyRuleId], ...text }
})

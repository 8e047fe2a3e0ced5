// A role: trust policy, inline and managed policies, boundary, tags.
import type { IAMClient, Role } from '@aws-sdk/client-iam'
import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from '@aws-sdk/client-iam'
import { parsePolicy } from '@irsa/trust-policy'
import type { Attributes, Observed, Resource, Step, Value } from '@irsa/reconcile'
import { equal } from '@irsa/reconcile'
import type { Clock } from '../clock.ts'
import { poll } from '../clock.ts'
import type { AwsContext } from '../context.ts'
import { isAwsError, ProvisionerError } from '../error.ts'
import { normalisePolicies } from '../kinds.ts'
import type { KindOperations } from '../operations.ts'
import { absent, resourceOf } from '../operations.ts'
import { fromTagList, ownedTags, ownershipByTags, toTagList } from '../ownership.ts'
import { untilGone, untilShown } from './iam-visibility.ts'

/** What was made a moment ago may not be known yet to whoever answers. */
const ECHO_TIMEOUT_MS = 30_000

export const role: KindOperations = {
  async observe({ clients, owner }, resource) {
    const iam = await clients.iam()
    const RoleName = String(resource.attributes['name'])
    try {
      const [{ Role: found }, inline, attached] = await Promise.all([
        iam.send(new GetRoleCommand({ RoleName })),
        readInlinePolicies(iam, RoleName, Object.keys(resource.attributes['inlinePolicies'] ?? {})),
        iam.send(new ListAttachedRolePoliciesCommand({ RoleName })),
      ])
      const arns = (attached.AttachedPolicies ?? []).flatMap(({ PolicyArn }) => PolicyArn ?? []).sort()
      return observed(resource, found, inline, arns, owner)
    } catch (error) {
      if (isAwsError(error, 'NoSuchEntity')) return absent(resource)
      throw error
    }
  },

  async ensure(context, step) {
    const iam = await context.clients.iam()
    const RoleName = String(step.attributes['name'])
    let present = step.observed
    if (present.state !== 'present' && (await create(context, step)) === 'exists') {
      present = await untilReadable(context, step)
      if (present.ownership !== 'ours') throw notOurs(RoleName, present)
    }
    await update(iam, RoleName, step.attributes, present.state === 'present' ? present.attributes : undefined)
    await untilShown(context.clock, `the role ${RoleName}`, normalisePolicies(step.attributes), () =>
      role.observe(context, resourceOf(step)),
    )
    return { name: RoleName, arn: String(step.attributes['arn']) }
  },

  async remove({ clients, clock }, { observed: actual }) {
    const iam = await clients.iam()
    const RoleName = actual.outputs['name'] ?? ''
    try {
      const [inline, attached] = await Promise.all([
        iam.send(new ListRolePoliciesCommand({ RoleName })),
        iam.send(new ListAttachedRolePoliciesCommand({ RoleName })),
      ])
      await Promise.all([
        ...(inline.PolicyNames ?? []).map((PolicyName) =>
          iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName })),
        ),
        ...(attached.AttachedPolicies ?? []).map(({ PolicyArn }) =>
          iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn })),
        ),
      ])
      await iam.send(new DeleteRoleCommand({ RoleName }))
    } catch (error) {
      if (!isAwsError(error, 'NoSuchEntity')) throw error
    }
    await untilGone(clock, `the role ${RoleName}`, async () => !(await isVisible(iam, RoleName)))
    return undefined
  },
}

async function isVisible(iam: IAMClient, RoleName: string): Promise<boolean> {
  try {
    await iam.send(new GetRoleCommand({ RoleName }))
    return true
  } catch (error) {
    if (isAwsError(error, 'NoSuchEntity')) return false
    throw error
  }
}

/** The names that are wanted are read at once; a list tells whether there are others. */
async function readInlinePolicies(iam: IAMClient, RoleName: string, wanted: readonly string[]): Promise<Attributes> {
  const [{ PolicyNames: listed = [] }, ...expected] = await Promise.all([
    iam.send(new ListRolePoliciesCommand({ RoleName })),
    ...wanted.map((name) => readInlinePolicy(iam, RoleName, name)),
  ])
  const others = await Promise.all(
    listed.filter((name) => !wanted.includes(name)).map((name) => readInlinePolicy(iam, RoleName, name)),
  )
  return Object.fromEntries([...expected, ...others].filter((entry) => entry !== undefined))
}

async function readInlinePolicy(
  iam: IAMClient,
  RoleName: string,
  PolicyName: string,
): Promise<readonly [string, Value] | undefined> {
  try {
    const reply = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))
    return [PolicyName, parsePolicy(reply.PolicyDocument ?? '{}') as unknown as Value]
  } catch (error) {
    if (isAwsError(error, 'NoSuchEntity')) return undefined
    throw error
  }
}

function observed(
  resource: Resource,
  found: Role | undefined,
  inlinePolicies: Attributes,
  attachedPolicies: readonly string[],
  owner: string,
): Observed {
  const tags = fromTagList(found?.Tags)
  const boundary = found?.PermissionsBoundary?.PermissionsBoundaryArn
  return {
    id: resource.id,
    state: 'present',
    attributes: normalisePolicies({
      arn: found?.Arn ?? '',
      name: found?.RoleName ?? '',
      path: found?.Path ?? '/',
      description: found?.Description ?? '',
      trustPolicy: parsePolicy(found?.AssumeRolePolicyDocument ?? '{}') as unknown as Value,
      inlinePolicies,
      attachedPolicies,
      maxSessionSeconds: found?.MaxSessionDuration ?? 0,
      ...(boundary === undefined ? {} : { permissionsBoundary: boundary }),
      tags: ownedTags(tags, resource),
    }),
    outputs: {
      name: found?.RoleName ?? '',
      arn: found?.Arn ?? '',
      createdAtMs: String(found?.CreateDate?.getTime() ?? 0),
    },
    ...ownershipByTags(tags, owner),
  }
}

async function create(context: AwsContext, { attributes }: Step): Promise<'made' | 'exists'> {
  const iam = await context.clients.iam()
  const command = new CreateRoleCommand({
    RoleName: String(attributes['name']),
    Path: String(attributes['path']),
    Description: String(attributes['description']),
    AssumeRolePolicyDocument: JSON.stringify(attributes['trustPolicy']),
    MaxSessionDuration: Number(attributes['maxSessionSeconds']),
    ...(attributes['permissionsBoundary'] === undefined
      ? {}
      : { PermissionsBoundary: String(attributes['permissionsBoundary']) }),
    Tags: toTagList(attributes['tags'] as Attributes),
  })
  try {
    await whileProviderIsFresh(context.clock, () => iam.send(command))
    return 'made'
  } catch (error) {
    if (isAwsError(error, 'EntityAlreadyExists')) return 'exists'
    throw error
  }
}

/** Whether IAM looks for the provider when it takes a trust policy is not documented: a refusal right after making it is tried again. */
async function whileProviderIsFresh(clock: Clock, send: () => Promise<unknown>): Promise<void> {
  await poll({
    clock,
    intervalMs: 3_000,
    timeoutMs: ECHO_TIMEOUT_MS,
    what: 'IAM to know the provider that the trust policy names',
    check: async () => {
      try {
        await send()
        return { done: true }
      } catch (error) {
        if (isAwsError(error, 'MalformedPolicyDocument') && /principal/i.test((error as Error).message)) {
          return { pending: (error as Error).message }
        }
        throw error
      }
    },
  })
}

/** The trust policy before what it lets in may do; marks last, so that what is half changed still needs adopting. */
async function update(
  iam: IAMClient,
  RoleName: string,
  wanted: Attributes,
  present: Attributes | undefined,
): Promise<void> {
  const normal = normalisePolicies(wanted)
  const differs = (name: string): boolean => present !== undefined && !equal(normal[name], present[name])
  if (differs('trustPolicy')) {
    await iam.send(
      new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: JSON.stringify(wanted['trustPolicy']) }),
    )
  }
  await updatePolicies(iam, RoleName, wanted, present)
  if (differs('maxSessionSeconds') || differs('description')) {
    await iam.send(
      new UpdateRoleCommand({
        RoleName,
        Description: String(wanted['description']),
        MaxSessionDuration: Number(wanted['maxSessionSeconds']),
      }),
    )
  }
  if (wanted['permissionsBoundary'] !== undefined && differs('permissionsBoundary')) {
    const PermissionsBoundary = String(wanted['permissionsBoundary'])
    await iam.send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary }))
  }
  if (differs('tags')) await iam.send(new TagRoleCommand({ RoleName, Tags: toTagList(wanted['tags'] as Attributes) }))
}

async function updatePolicies(
  iam: IAMClient,
  RoleName: string,
  wanted: Attributes,
  present: Attributes | undefined,
): Promise<void> {
  const wantedInline = (normalisePolicies(wanted)['inlinePolicies'] ?? {}) as Attributes
  const presentInline = (present?.['inlinePolicies'] ?? {}) as Attributes
  const documents = (wanted['inlinePolicies'] ?? {}) as Attributes
  const wantedArns = (wanted['attachedPolicies'] ?? []) as readonly string[]
  const presentArns = (present?.['attachedPolicies'] ?? []) as readonly string[]
  await Promise.all([
    ...Object.keys(wantedInline)
      .filter((name) => !equal(wantedInline[name], presentInline[name]))
      .map((PolicyName) =>
        iam.send(
          new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: JSON.stringify(documents[PolicyName]) }),
        ),
      ),
    ...Object.keys(presentInline)
      .filter((name) => !(name in wantedInline))
      .map((PolicyName) => iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }))),
    ...wantedArns
      .filter((arn) => !presentArns.includes(arn))
      .map((PolicyArn) => iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }))),
    ...presentArns
      .filter((arn) => !wantedArns.includes(arn))
      .map((PolicyArn) => iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }))),
  ])
}

/** A role that exists but is not shown yet was made a moment ago. */
async function untilReadable(context: AwsContext, step: Step): Promise<Observed> {
  return poll<Observed>({
    clock: context.clock,
    intervalMs: 2_000,
    timeoutMs: ECHO_TIMEOUT_MS,
    what: `IAM to show the role "${String(step.attributes['name'])}", which exists`,
    check: async () => {
      const found = await role.observe(context, resourceOf(step))
      return found.state === 'present' ? { done: found } : { pending: 'it does not show it yet' }
    },
  })
}

function notOurs(name: string, actual: Observed): ProvisionerError {
  return new ProvisionerError(
    'conflict',
    `Cannot make the role "${name}": a role of that name exists and ${actual.owner === undefined ? 'carries no mark of ours' : `belongs to ${actual.owner}`}`,
    {
      hint: 'Choose another name with cluster.canary.roleName, or adopt it.',
      transient: false,
    },
  )
}

// Brings the table and the files below `aws/` together: who looks at a kind, who
// changes it. Each is loaded when first used.
import type { Action, Driver, Observed, Resource, Step, StepResult } from '@irsa/reconcile'
import type { AwsContext } from './context.ts'
import { describeAwsError, failedStep } from './error.ts'
import type { AwsKind } from './kinds.ts'
import { awsKinds } from './kinds.ts'
import type { KindOperations } from './operations.ts'

const operations: Readonly<Record<AwsKind, () => Promise<KindOperations>>> = {
  'alias-record': async () => (await import('./aws/dns-record.ts')).aliasRecord,
  bucket: async () => (await import('./aws/bucket.ts')).bucket,
  'bucket-policy': async () => (await import('./aws/bucket-policy.ts')).bucketPolicy,
  'cache-policy': async () => (await import('./aws/cache-policy.ts')).cachePolicy,
  certificate: async () => (await import('./aws/certificate.ts')).certificate,
  'discovery-document': async () => (await import('./documents.ts')).discoveryDocument,
  distribution: async () => (await import('./aws/distribution.ts')).distribution,
  endpoint: async () => (await import('./endpoint.ts')).endpoint,
  'key-set': async () => (await import('./documents.ts')).keySet,
  'oidc-provider': async () => (await import('./aws/oidc-provider.ts')).oidcProvider,
  'origin-access-control': async () => (await import('./aws/origin-access-control.ts')).originAccessControl,
  record: async () => (await import('./documents.ts')).record,
  role: async () => (await import('./aws/role.ts')).role,
  'validation-record': async () => (await import('./aws/dns-record.ts')).validationRecord,
}

/** Looks and acts with one context: that of the lookup it was made after. */
export function createAwsDriver(context: AwsContext): Driver {
  return {
    kinds: awsKinds,
    observe: async (resources) => ({
      observed: await Promise.all(resources.map((resource) => observe(context, resource))),
      refusals: [],
    }),
    execute: (step) => execute(context, step),
  }
}

async function observe(context: AwsContext, resource: Resource): Promise<Observed> {
  const { observe: look } = await operations[resource.kind as AwsKind]()
  return look(context, resource).catch((error: unknown) => {
    throw describeAwsError(`look at ${resource.id}`, error)
  })
}

async function execute(context: AwsContext, step: Step): Promise<StepResult> {
  const { action } = step
  try {
    const act = choose(await operations[action.kind as AwsKind](), action)
    const outputs = await act(context, step)
    return { status: 'applied', ...(outputs === undefined ? {} : { outputs }) }
  } catch (error) {
    return failedStep(action.id, error)
  }
}

function choose(kind: KindOperations, { verb, id }: Action): NonNullable<KindOperations['ensure']> {
  const act = verb === 'delete' ? kind.remove : verb === 'await' ? kind.await : kind.ensure
  if (act === undefined) throw new TypeError(`Cannot ${id}: nobody knows how`)
  return act.bind(kind)
}

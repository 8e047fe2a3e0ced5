// A service account of ours, by server-side apply: we own the fields that we set
// and leave all others alone.
import type { Attributes, Observed, Resource, Step, StepResult } from '@irsa/reconcile'
import { failedStep } from './error.ts'
import type { ClusterPort } from './port.ts'
import { requestJson, requestJsonIfPresent } from './requests.ts'
import type { ServiceAccountRef } from './service-account-tokens.ts'

export const FIELD_MANAGER = 'irsa'
/** https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/ */
const MANAGED_BY = 'app.kubernetes.io/managed-by'
/** Whose it is: `cluster/<name>`. A label value cannot have a slash, an annotation can. */
export const OWNER_ANNOTATION = 'irsa.dev/owner'

interface ServiceAccount {
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
}

export function serviceAccountResource(ref: ServiceAccountRef, owner: string, to: Resource['presence']): Resource {
  return {
    id: `service-account/${ref.namespace}/${ref.name}`,
    kind: 'service-account',
    attributes: {
      namespace: ref.namespace,
      name: ref.name,
      labels: { [MANAGED_BY]: FIELD_MANAGER },
      annotations: { [OWNER_ANNOTATION]: owner },
    },
    presence: to,
  }
}

export async function observeServiceAccount(port: ClusterPort, resource: Resource): Promise<Observed> {
  const { namespace, name } = resource.attributes
  const found = (await requestJsonIfPresent(port, `read the service account ${String(namespace)}/${String(name)}`, {
    method: 'GET',
    path: pathOf(resource.attributes),
  })) as ServiceAccount | undefined
  const outputs = { name: `${String(namespace)}/${String(name)}` }
  if (found === undefined) return { id: resource.id, state: 'absent', attributes: {}, outputs, ownership: 'ours' }
  const { labels = {}, annotations = {} } = found.metadata ?? {}
  const mark = annotations[OWNER_ANNOTATION]
  const wanted = (resource.attributes['annotations'] as Attributes)[OWNER_ANNOTATION]
  return {
    id: resource.id,
    state: 'present',
    attributes: {
      namespace: namespace ?? '',
      name: name ?? '',
      labels: only(labels, resource.attributes['labels'] as Attributes),
      annotations: only(annotations, resource.attributes['annotations'] as Attributes),
    },
    outputs,
    ...(mark === undefined
      ? { ownership: 'unclaimed' }
      : mark === wanted
        ? { ownership: 'ours' }
        : { ownership: 'foreign', owner: mark }),
  }
}

export async function executeServiceAccount(port: ClusterPort, step: Step): Promise<StepResult> {
  try {
    await (step.action.verb === 'delete' ? remove(port, step) : apply(port, step))
    return { status: 'applied' }
  } catch (error) {
    return failedStep(error)
  }
}

async function apply(port: ClusterPort, { attributes, action }: Step): Promise<void> {
  const { namespace, name, labels, annotations } = attributes
  // Taking over a field of another manager needs consent, which adopting is.
  const force = action.verb === 'adopt' ? '&force=true' : ''
  await requestJson(port, `apply the service account ${String(namespace)}/${String(name)}`, {
    method: 'PATCH',
    path: `${pathOf(attributes)}?fieldManager=${FIELD_MANAGER}${force}`,
    headers: { 'content-type': 'application/apply-patch+yaml' },
    body: JSON.stringify({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name, namespace, labels, annotations },
    }),
  })
}

async function remove(port: ClusterPort, { attributes }: Step): Promise<void> {
  await requestJsonIfPresent(
    port,
    `delete the service account ${String(attributes['namespace'])}/${String(attributes['name'])}`,
    {
      method: 'DELETE',
      path: pathOf(attributes),
    },
  )
}

function pathOf(attributes: Attributes): string {
  const [namespace, name] = [attributes['namespace'], attributes['name']].map((part) =>
    encodeURIComponent(String(part)),
  )
  return `/api/v1/namespaces/${namespace}/serviceaccounts/${name}`
}

function only(present: Readonly<Record<string, string>>, wanted: Attributes): Attributes {
  return Object.fromEntries(Object.entries(present).filter(([name]) => name in wanted))
}

// Objects by resource, namespace and name, and what the server adds to each: uid,
// resource version, time of creation. A resource version counts the writes under
// one name, so that it does not depend on what else happens in the cluster; it
// never goes back, not even when an object is deleted and made again.
import { uuid } from '../random.ts'
import type { ResourceType } from './resource-types.ts'
import { apiVersion } from './resource-types.ts'
import type { ClusterState, KubernetesObject } from './state.ts'

export interface Store {
  /** The cluster's name. */
  readonly name: string
  readonly state: ClusterState
  readonly nowMs: number
}

/** An object before the server has added anything. */
export interface ObjectDraft {
  readonly metadata: Partial<KubernetesObject['metadata']> & { readonly name: string }
  readonly [member: string]: unknown
}

export function readObject(
  store: Store,
  type: ResourceType,
  namespace: string,
  name: string,
): KubernetesObject | undefined {
  return store.state.objects[objectKey(type, namespace, name)]
}

/** Ordered as etcd orders keys: by namespace, then by name. */
export function listObjects(store: Store, type: ResourceType, namespace: string): readonly KubernetesObject[] {
  const prefix = namespace === '' ? `${type.plural}/` : `${type.plural}/${namespace}/`
  return Object.keys(store.state.objects)
    .filter((key) => key.startsWith(prefix))
    .sort()
    .flatMap((key) => store.state.objects[key] ?? [])
}

export function insertObject(store: Store, type: ResourceType, draft: ObjectDraft): KubernetesObject {
  const { namespace = '', name } = draft.metadata
  const key = objectKey(type, namespace, name)
  const { made } = (store.state.history[key] ??= { made: 0, writes: 0 })
  const { name: _, namespace: __, ...metadata } = draft.metadata
  const object: KubernetesObject = {
    ...draft,
    apiVersion: apiVersion(type),
    kind: type.kind,
    metadata: {
      name,
      ...(type.namespaced ? { namespace } : {}),
      ...metadata,
      uid: uuid(store.name, type.kind, namespace, name, made),
      resourceVersion: '0',
      creationTimestamp: timestamp(store.nowMs),
    },
  }
  store.state.history[key].made = made + 1
  return write(store, key, object)
}

export function replaceObject(store: Store, type: ResourceType, object: KubernetesObject): KubernetesObject {
  return write(store, objectKey(type, object.metadata.namespace ?? '', object.metadata.name), object)
}

export function removeObject(store: Store, type: ResourceType, object: KubernetesObject): void {
  const key = objectKey(type, object.metadata.namespace ?? '', object.metadata.name)
  delete store.state.objects[key]
}

/** Removes whatever stands in a namespace. */
export function removeNamespaceContent(store: Store, namespace: string): void {
  for (const key of Object.keys(store.state.objects)) {
    if (key.split('/')[1] === namespace) delete store.state.objects[key]
  }
}

/** The version of the whole store, as lists carry it. */
export function storeVersion(store: Store): string {
  return String(Object.values(store.state.history).reduce((sum, { writes }) => sum + writes, 0))
}

/** As the API writes times: whole seconds. */
export function timestamp(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`
}

/** As the API writes `MicroTime`. */
export function microTimestamp(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 23)}000Z`
}

export function objectKey(type: ResourceType, namespace: string, name: string): string {
  return `${type.plural}/${type.namespaced ? namespace : '_'}/${name}`
}

function write(store: Store, key: string, object: KubernetesObject): KubernetesObject {
  const history = (store.state.history[key] ??= { made: 1, writes: 0 })
  history.writes += 1
  const written = { ...object, metadata: { ...object.metadata, resourceVersion: String(history.writes) } }
  store.state.objects[key] = written
  return written
}

// DELETE of one object or of a list: preconditions, finalizers, and what goes with it.
import type { SandboxResponse } from '../http.ts'
import { decodeText, respondJson } from '../http.ts'
import { admitDelete, afterDelete } from './admission.ts'
import { readBody } from './object-bodies.ts'
import type { ObjectCall } from './object-call.ts'
import { currentObject, respondObject } from './object-call.ts'
import { respondList } from './object-lists.ts'
import type { KubernetesObject } from './state.ts'
import { conflict } from './status.ts'
import { readObject, removeObject, replaceObject, timestamp } from './store.ts'

interface DeleteOptions {
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
}

/** @throws {StatusError} 404, 409 */
export function deleteObject(call: ObjectCall): SandboxResponse {
  const { type, request } = call
  const object = currentObject(call)
  const { preconditions = {} } = (decodeText(request.body) === '' ? {} : readBody(request)) as DeleteOptions
  const { name, uid, resourceVersion } = object.metadata
  if (preconditions.uid && preconditions.uid !== uid) {
    throw conflict(
      type,
      name,
      `Precondition failed: UID in precondition: ${preconditions.uid}, UID in object meta: ${uid}`,
    )
  }
  if (preconditions.resourceVersion && preconditions.resourceVersion !== resourceVersion) {
    const why = `Precondition failed: ResourceVersion in precondition: ${preconditions.resourceVersion}, ResourceVersion in object meta: ${resourceVersion}`
    throw conflict(type, name, why)
  }
  const deleted = remove(call, object)
  if (type.returnsDeleted) return respondObject(200, call, deleted)
  const details = { name, ...(type.group === '' ? {} : { group: type.group }), kind: type.plural, uid }
  return respondJson(200, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details })
}

export function deleteObjects(call: ObjectCall): SandboxResponse {
  const { store, type, info, request } = call
  const response = respondList(store, type, info.namespace, request.url.searchParams)
  const { items } = JSON.parse(decodeText(response.body)) as {
    readonly items: readonly Pick<KubernetesObject, 'metadata'>[]
  }
  for (const { metadata } of items) {
    const object = readObject(store, type, metadata.namespace ?? '', metadata.name)
    if (object !== undefined) remove(call, object)
  }
  return response
}

function remove({ store, type }: ObjectCall, object: KubernetesObject): KubernetesObject {
  admitDelete(type, object)
  const deletionTimestamp = object.metadata.deletionTimestamp ?? timestamp(store.nowMs)
  const leaving = { ...object, metadata: { ...object.metadata, deletionTimestamp } }
  if (object.metadata.finalizers?.length)
    return object.metadata.deletionTimestamp ? object : replaceObject(store, type, leaving)
  removeObject(store, type, object)
  afterDelete(store, type, object)
  if (type.plural === 'namespaces') return { ...leaving, status: { phase: 'Terminating' } }
  return type.plural === 'pods' ? leaving : object
}

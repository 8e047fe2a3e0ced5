// The verbs on stored objects: get, list, create, update, patch, apply, delete.
// Gets a caller who is known and allowed; the one thing left to ask the authoriser
// is whether an apply or an update that finds no object may create it.
import type { SandboxResponse } from '../http.ts'
import { identifier } from '../random.ts'
import { admitWrite, afterCreate, afterDelete, defaultObject } from './admission.ts'
import type { Manager } from './managed-fields.ts'
import { applyFields, sameContent, trackUpdate } from './managed-fields.ts'
import { respondList } from './object-lists.ts'
import { pruneObject, readBody, readObjectBody } from './object-bodies.ts'
import type { ObjectCall } from './object-call.ts'
import { currentObject, respondObject } from './object-call.ts'
import { deleteObject, deleteObjects } from './object-deletion.ts'
import { jsonPatch, mergePatch } from './patch.ts'
import type { ResourceType } from './resource-types.ts'
import { apiVersion } from './resource-types.ts'
import type { KubernetesObject } from './state.ts'
import {
  alreadyExists,
  badRequest,
  conflict,
  invalid,
  methodNotAllowed,
  notFound,
  requiredValue,
  StatusError,
  unsupportedMediaType,
} from './status.ts'
import type { Store } from './store.ts'
import { insertObject, objectKey, readObject, removeObject, replaceObject } from './store.ts'
import { validateObject } from './validation.ts'

const PATCHES = {
  'application/json-patch+json': jsonPatch,
  'application/merge-patch+json': mergePatch,
  'application/strategic-merge-patch+json': mergePatch,
} as const
const APPLY = 'application/apply-patch+yaml'

/** @throws {StatusError} */
export function answerObject(call: ObjectCall): SandboxResponse {
  const { store, info, type } = call
  switch (info.verb) {
    case 'get':
      return respondObject(200, call, currentObject(call))
    case 'list':
      return respondList(store, type, info.namespace, call.request.url.searchParams)
    case 'create':
      return respondObject(201, call, createObject(call))
    case 'update':
      return updateObject(call)
    case 'patch':
      return patchObject(call)
    case 'delete':
      return deleteObject(call)
    case 'deletecollection':
      return deleteObjects(call)
    case 'watch':
      throw new StatusError(405, 'MethodNotAllowed', 'watch is not emulated by the sandbox: list again instead')
    default:
      throw methodNotAllowed(type, info.verb)
  }
}

function createObject(call: ObjectCall): KubernetesObject {
  const { type, info } = call
  if (info.name !== '') throw methodNotAllowed(type, 'create')
  const body = readObjectBody(call)
  if (body.metadata.resourceVersion) throw badRequest('resourceVersion should not be set on objects to be created')
  return storeNew(call, trackUpdate(undefined, defaultObject(named(call, body)), managerOf(call)))
}

/** An object without a name gets one from `generateName`: the same in the same world. */
function named({ store, type }: ObjectCall, object: KubernetesObject): KubernetesObject {
  const { name, generateName, namespace = '' } = object.metadata
  if (name || !generateName) return object
  for (let attempt = 0; ; attempt++) {
    const candidate = generateName + identifier('lower', 5, store.name, type.plural, namespace, generateName, attempt)
    if (store.state.history[objectKey(type, namespace, candidate)] === undefined) {
      return { ...object, metadata: { ...object.metadata, name: candidate } }
    }
  }
}

function storeNew(call: ObjectCall, object: KubernetesObject): KubernetesObject {
  const { store, type, user } = call
  const { name, namespace = '' } = object.metadata
  validateObject(type, object)
  admitWrite(store, user, type, object)
  if (readObject(store, type, namespace, name) !== undefined) throw alreadyExists(type, name)
  const stored = insertObject(store, type, object)
  afterCreate(store, type, stored)
  return stored
}

function updateObject(call: ObjectCall): SandboxResponse {
  const { store, type, info } = call
  const body = readObjectBody(call)
  const live = readObject(store, type, info.namespace, info.name)
  if (live !== undefined) return respondObject(200, call, storeNext(call, live, preserve(live, body)))
  if (!type.createOnUpdate) throw notFound(type, info.name)
  call.requireCreate()
  return respondObject(201, call, storeNew(call, trackUpdate(undefined, defaultObject(body), managerOf(call))))
}

function patchObject(call: ObjectCall): SandboxResponse {
  const { store, type, info, request } = call
  const contentType = (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? ''
  if (contentType === APPLY) return applyObject(call)
  const patcher = PATCHES[contentType as keyof typeof PATCHES]
  if (patcher === undefined) throw unsupportedMediaType([...Object.keys(PATCHES), APPLY])
  const live = readObject(store, type, info.namespace, info.name)
  if (live === undefined) throw notFound(type, info.name)
  const patched = patcher(structuredClone(live), readBody(request)) as KubernetesObject
  if (patched.metadata?.name !== info.name) {
    throw badRequest(
      `the name of the object (${patched.metadata?.name}) does not match the name on the URL (${info.name})`,
    )
  }
  return respondObject(200, call, storeNext(call, live, preserve(live, pruneObject(type, patched))))
}

function storeNext(call: ObjectCall, live: KubernetesObject, wanted: KubernetesObject): KubernetesObject {
  const { store, type, user } = call
  requireCurrent(type, live, wanted)
  const next = defaultObject(wanted)
  validateObject(type, next, live)
  if (sameContent(live, next)) return live
  admitWrite(store, user, type, next)
  return finish(store, type, trackUpdate(live, next, managerOf(call)))
}

function applyObject(call: ObjectCall): SandboxResponse {
  const { store, type, info, user } = call
  const manager = managerOf(call)
  if (call.request.url.searchParams.get('fieldManager') === null) {
    throw invalid({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', [
      requiredValue('fieldManager', 'is required for apply patch'),
    ])
  }
  const { metadata, ...rest } = readObjectBody(call)
  if (metadata.managedFields !== undefined) throw badRequest('metadata.managedFields must be nil')
  const { uid, resourceVersion, creationTimestamp: _, ...wanted } = metadata
  const applied = { ...rest, metadata: wanted }
  const live = readObject(store, type, info.namespace, info.name)
  if (live === undefined) {
    if (uid)
      throw conflict(
        type,
        info.name,
        `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
      )
    call.requireCreate()
    const empty = { apiVersion: apiVersion(type), kind: type.kind, metadata: { name: info.name } } as KubernetesObject
    return respondObject(201, call, storeNew(call, defaultObject(applyFields(empty, applied, manager, false))))
  }
  requireCurrent(type, live, {
    ...live,
    metadata: { ...live.metadata, uid: uid || live.metadata.uid, resourceVersion: resourceVersion ?? '' },
  })
  const next = applyFields(live, applied, manager, call.request.url.searchParams.get('force') === 'true')
  if (next === live) return respondObject(200, call, live)
  const complete = defaultObject(next)
  validateObject(type, complete, live)
  admitWrite(store, user, type, complete)
  return respondObject(200, call, finish(store, type, complete))
}

/** What clients cannot change, from the object that is there. */
function preserve(live: KubernetesObject, wanted: KubernetesObject): KubernetesObject {
  const { uid, creationTimestamp, managedFields, deletionTimestamp } = live.metadata
  const metadata = {
    ...wanted.metadata,
    uid: wanted.metadata.uid || uid,
    creationTimestamp,
    ...(managedFields === undefined ? {} : { managedFields }),
    ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
  }
  return { ...wanted, ...('status' in live ? { status: live['status'] } : {}), metadata }
}

function requireCurrent(type: ResourceType, live: KubernetesObject, wanted: KubernetesObject): void {
  const { name, uid, resourceVersion } = live.metadata
  if (wanted.metadata.uid !== uid) {
    throw conflict(
      type,
      name,
      `Precondition failed: UID in precondition: ${wanted.metadata.uid}, UID in object meta: ${uid}`,
    )
  }
  if (wanted.metadata.resourceVersion && wanted.metadata.resourceVersion !== resourceVersion) {
    throw conflict(
      type,
      name,
      'the object has been modified; please apply your changes to the latest version and try again',
    )
  }
}

/** Stores it, or, when it was only kept by its last finalizer, lets it go. */
function finish(store: Store, type: ResourceType, object: KubernetesObject): KubernetesObject {
  const { deletionTimestamp, finalizers = [] } = object.metadata
  const stored = replaceObject(store, type, object)
  if (deletionTimestamp !== undefined && finalizers.length === 0) {
    removeObject(store, type, stored)
    afterDelete(store, type, stored)
  }
  return stored
}

function managerOf({ request, type, store }: ObjectCall): Manager {
  const named = request.url.searchParams.get('fieldManager')
  const [prefix = ''] = (request.headers['user-agent'] ?? '').split('/')
  return { name: named || prefix.slice(0, 128) || 'unknown', apiVersion: apiVersion(type), nowMs: store.nowMs }
}

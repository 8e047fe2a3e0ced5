// One allowed request for stored objects, and how one object is found and sent.
import type { SandboxRequest, SandboxResponse } from '../http.ts'
import { respondJson } from '../http.ts'
import { asOfNow } from './control-plane.ts'
import type { User } from './rbac.ts'
import type { ResourceRequest } from './request-info.ts'
import type { ResourceType } from './resource-types.ts'
import type { KubernetesObject } from './state.ts'
import { notFound } from './status.ts'
import type { Store } from './store.ts'
import { readObject } from './store.ts'

export interface ObjectRequest {
  readonly request: SandboxRequest
  readonly info: ResourceRequest
  readonly type: ResourceType
}

export interface ObjectCall extends ObjectRequest {
  readonly store: Store
  readonly user: User
  /** Throws 403 unless the caller may create the object that was named. */
  readonly requireCreate: () => void
}

/** @throws {StatusError} 404 */
export function currentObject({ store, type, info }: ObjectCall): KubernetesObject {
  const stored = readObject(store, type, info.namespace, info.name)
  const object = stored === undefined ? undefined : asOfNow(store, stored)
  if (object === undefined) throw notFound(type, info.name)
  return object
}

export function respondObject(status: number, { store }: ObjectCall, object: KubernetesObject): SandboxResponse {
  const { apiVersion, kind, ...rest } = asOfNow(store, object) ?? object
  return respondJson(status, { kind, apiVersion, ...rest })
}

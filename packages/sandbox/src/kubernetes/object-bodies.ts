// Reads the object that a request carries: it must be JSON, of the kind and under
// the name that the URL says, and members that its kind does not have are pruned.
import type { SandboxRequest } from '../http.ts'
import { decodeText } from '../http.ts'
import type { ObjectRequest } from './object-call.ts'
import { isRecord } from './patch.ts'
import type { ResourceType } from './resource-types.ts'
import { apiVersion } from './resource-types.ts'
import type { KubernetesObject } from './state.ts'
import { badRequest, StatusError } from './status.ts'

const KEPT_METADATA = new Set(
  'name generateName namespace uid resourceVersion creationTimestamp labels annotations finalizers ownerReferences managedFields'.split(
    ' ',
  ),
)
const IGNORED_METADATA = new Set(['deletionGracePeriodSeconds', 'deletionTimestamp', 'generation', 'selfLink'])

/** @throws {StatusError} 400 */
export function readBody(request: SandboxRequest): unknown {
  const text = decodeText(request.body)
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    // A real server reads YAML as well where a client says so; the clients that matter here send JSON.
    throw badRequest(`the sandbox reads JSON only: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** The object in the body, with name and namespace from the URL where it leaves them out. */
export function readObjectBody({ request, type, info }: ObjectRequest): KubernetesObject {
  const body = readBody(request)
  if (!isRecord(body)) throw badRequest(`the object provided is unrecognized (must be of type ${type.kind})`)
  requireKind(type, body, info.verb === 'patch')
  const object = body as unknown as KubernetesObject
  const metadata = isRecord(body['metadata']) ? object.metadata : ({ name: '' } as KubernetesObject['metadata'])
  const namespace = metadata.namespace || info.namespace
  if (type.namespaced && namespace !== info.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
  if (info.verb !== 'create' && metadata.name && metadata.name !== info.name) {
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${info.name})`)
  }
  const { namespace: _, ...rest } = metadata
  const name = info.verb === 'create' ? (metadata.name ?? '') : info.name
  const completed = { ...object, metadata: { ...rest, name, ...(type.namespaced ? { namespace } : {}) } }
  refuseUnknown(request, type, completed)
  return pruneObject(type, completed)
}

/** Without what the kind does not have, and without what clients do not write. */
export function pruneObject(type: ResourceType, object: KubernetesObject): KubernetesObject {
  const members = Object.entries(object).filter(([name, value]) => type.members.includes(name) && value !== null)
  const metadata = Object.entries(object.metadata).filter(
    ([name, value]) => KEPT_METADATA.has(name) && value !== null && !isEmpty(value),
  )
  return {
    apiVersion: apiVersion(type),
    kind: type.kind,
    metadata: Object.fromEntries(metadata) as unknown as KubernetesObject['metadata'],
    ...Object.fromEntries(members),
  }
}

/** Unknown members: an apply and a strict request fail, every other request loses them. */
function refuseUnknown(request: SandboxRequest, type: ResourceType, object: KubernetesObject): void {
  const known = new Set([...type.members, ...(type.serverMembers ?? []), 'apiVersion', 'kind', 'metadata'])
  const unknown = [
    ...Object.keys(object).filter((name) => !known.has(name)),
    ...Object.keys(object.metadata)
      .filter((name) => !KEPT_METADATA.has(name) && !IGNORED_METADATA.has(name))
      .map((name) => `metadata.${name}`),
  ]
  const [first] = unknown
  if (first === undefined) return
  if (request.headers['content-type']?.startsWith('application/apply-patch')) {
    const subject = `${object.metadata.namespace ?? ''}/${object.metadata.name}; ${type.group}/${type.version}, Kind=${type.kind}`
    throw new StatusError(
      500,
      '',
      `failed to create typed patch object (${subject}): .${first}: field not declared in schema`,
    )
  }
  if (request.url.searchParams.get('fieldValidation') === 'Strict') {
    const list = unknown.map((name) => `unknown field "${name}"`).join(', ')
    throw badRequest(
      `${type.kind} in version "${type.version}" cannot be handled as a ${type.kind}: strict decoding error: ${list}`,
    )
  }
}

/** Only an apply has to say what it is; elsewhere the URL does. */
function requireKind(type: ResourceType, body: Readonly<Record<string, unknown>>, isApply: boolean): void {
  const { kind, apiVersion: given } = body
  if (kind === undefined && given === undefined && !isApply) return
  if (kind === type.kind && given === apiVersion(type)) return
  const [found, expected] = [`${String(given)}, Kind=${String(kind)}`, `${apiVersion(type)}, Kind=${type.kind}`]
  throw badRequest(
    `${String(kind)} in version ${JSON.stringify(given ?? '')} cannot be handled as a ${type.kind}: needed ${expected}, found ${found}`,
  )
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) ? value.length === 0 : isRecord(value) && Object.keys(value).length === 0
}

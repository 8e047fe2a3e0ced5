// What every object must be before it is stored, whatever its kind, and the few
// rules of kinds that decide about permissions. Texts are kube-apiserver's.
// https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
import { isRecord } from './patch.ts'
import type { ResourceType } from './resource-types.ts'
import type { KubernetesObject } from './state.ts'
import type { StatusCause } from './status.ts'
import { invalid, invalidValue, requiredValue, unsupportedValue } from './status.ts'

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`
const QUALIFIED_NAME = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const MAX_ANNOTATION_BYTES = 256 * 1024

const SUBDOMAIN_TEXT =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character " +
  `(e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`
const LABEL_TEXT =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character " +
  `(e.g. 'my-name',  or '123-abc', regex used for validation is '${LABEL}')`

/** @throws {StatusError} 422 naming every problem. */
export function validateObject(type: ResourceType, object: KubernetesObject, live?: KubernetesObject): void {
  const { name, labels, annotations } = object.metadata
  const problems = [
    ...checkName(type, name),
    ...checkStrings('metadata.labels', labels, checkLabel),
    ...checkStrings('metadata.annotations', annotations, checkAnnotation),
    ...checkAnnotationSize(annotations),
    ...checkKind(object, live),
  ]
  if (problems.length > 0) throw invalid(type, name, problems)
}

function checkName(type: ResourceType, name: string): readonly StatusCause[] {
  const field = 'metadata.name'
  if (name === '') return [requiredValue(field, 'name or generateName is required')]
  switch (type.names) {
    case 'path-segment':
      if (name === '.' || name === '..') return [invalidValue(field, name, `may not be '${name}'`)]
      return /[/%]/.test(name) ? [invalidValue(field, name, `may not contain '${name.includes('/') ? '/' : '%'}'`)] : []
    case 'label':
      if (name.length > 63) return [invalidValue(field, name, 'must be no more than 63 characters')]
      return new RegExp(`^${LABEL}$`).test(name) ? [] : [invalidValue(field, name, LABEL_TEXT)]
    default:
      if (name.length > 253) return [invalidValue(field, name, 'must be no more than 253 characters')]
      return new RegExp(`^${SUBDOMAIN}$`).test(name) ? [] : [invalidValue(field, name, SUBDOMAIN_TEXT)]
  }
}

function checkStrings(
  field: string,
  values: Readonly<Record<string, unknown>> | undefined,
  check: (field: string, key: string, value: string) => readonly StatusCause[],
): readonly StatusCause[] {
  return Object.entries(values ?? {}).flatMap(([key, value]) =>
    typeof value === 'string' ? check(field, key, value) : [invalidValue(`${field}.${key}`, value, 'must be a string')],
  )
}

function checkLabel(field: string, key: string, value: string): readonly StatusCause[] {
  const valueText =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
    `(e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`
  return [
    ...checkKey(field, key),
    ...(value.length > 63 ? [invalidValue(field, value, 'must be no more than 63 bytes')] : []),
    ...(value === '' || new RegExp(`^${QUALIFIED_NAME}$`).test(value) ? [] : [invalidValue(field, value, valueText)]),
  ]
}

function checkAnnotation(field: string, key: string): readonly StatusCause[] {
  return checkKey(field, key.toLowerCase())
}

function checkKey(field: string, key: string): readonly StatusCause[] {
  const [name = '', prefix, ...more] = key.split('/').toReversed()
  const isName = name.length <= 63 && new RegExp(`^${QUALIFIED_NAME}$`).test(name)
  const isPrefix = prefix === undefined || (prefix.length <= 253 && new RegExp(`^${SUBDOMAIN}$`).test(prefix))
  if (isName && isPrefix && more.length === 0) return []
  const why =
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
    `(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${QUALIFIED_NAME}')`
  return [invalidValue(field, key, why)]
}

function checkAnnotationSize(annotations: Readonly<Record<string, unknown>> | undefined): readonly StatusCause[] {
  const bytes = Object.entries(annotations ?? {}).reduce(
    (sum, [key, value]) => sum + key.length + (typeof value === 'string' ? value.length : 0),
    0,
  )
  if (bytes <= MAX_ANNOTATION_BYTES) return []
  return [
    {
      reason: 'FieldValueTooLong',
      message: `Too long: may not be more than ${MAX_ANNOTATION_BYTES} bytes`,
      field: 'metadata.annotations',
    },
  ]
}

function checkKind(object: KubernetesObject, live: KubernetesObject | undefined): readonly StatusCause[] {
  switch (object.kind) {
    case 'Role':
    case 'ClusterRole':
      return list(object['rules']).flatMap((rule, index) => checkRule(`rules[${index}]`, rule, object.kind === 'Role'))
    case 'RoleBinding':
    case 'ClusterRoleBinding':
      return checkBinding(object, live)
    case 'Pod':
      return checkPod(object, live)
    case 'Secret':
      return immutable('type', object, live, 'field is immutable')
    default:
      return []
  }
}

function checkRule(
  field: string,
  rule: Readonly<Record<string, unknown>>,
  isNamespaced: boolean,
): readonly StatusCause[] {
  const empty = (member: string): boolean => list(rule[member]).length === 0
  if (empty('verbs')) return [requiredValue(`${field}.verbs`, 'verbs must contain at least one value')]
  if (!empty('nonResourceURLs')) {
    const why = 'namespaced rules cannot apply to non-resource URLs'
    return isNamespaced ? [invalidValue(`${field}.nonResourceURLs`, rule['nonResourceURLs'], why)] : []
  }
  if (empty('apiGroups'))
    return [requiredValue(`${field}.apiGroups`, 'resource rules must supply at least one api group')]
  return empty('resources')
    ? [requiredValue(`${field}.resources`, 'resource rules must supply at least one resource')]
    : []
}

function checkBinding(object: KubernetesObject, live: KubernetesObject | undefined): readonly StatusCause[] {
  const roleRef = isRecord(object['roleRef']) ? object['roleRef'] : {}
  const kinds = object.kind === 'ClusterRoleBinding' ? ['ClusterRole'] : ['Role', 'ClusterRole']
  const subjects = list(object['subjects'])
  return [
    ...(kinds.includes(String(roleRef['kind'])) ? [] : [unsupportedValue('roleRef.kind', roleRef['kind'], kinds)]),
    ...(roleRef['name'] ? [] : [requiredValue('roleRef.name', '')]),
    ...immutable('roleRef', object, live, 'cannot change roleRef'),
    ...subjects.flatMap((subject, index) => checkSubject(`subjects[${index}]`, subject)),
  ]
}

function checkSubject(field: string, subject: Readonly<Record<string, unknown>>): readonly StatusCause[] {
  const kinds = ['ServiceAccount', 'User', 'Group']
  return [
    ...(kinds.includes(String(subject['kind'])) ? [] : [unsupportedValue(`${field}.kind`, subject['kind'], kinds)]),
    ...(subject['name'] ? [] : [requiredValue(`${field}.name`, '')]),
  ]
}

function checkPod(object: KubernetesObject, live: KubernetesObject | undefined): readonly StatusCause[] {
  const spec = isRecord(object['spec']) ? object['spec'] : {}
  const containers = list(spec['containers'])
  if (live !== undefined && JSON.stringify(live['spec']) !== JSON.stringify(object['spec'])) {
    return [
      {
        reason: 'FieldValueForbidden',
        message: 'Forbidden: pod updates may not change fields other than the image',
        field: 'spec',
      },
    ]
  }
  if (containers.length === 0) return [requiredValue('spec.containers', '')]
  return containers.flatMap((container, index) =>
    container['name'] ? [] : [requiredValue(`spec.containers[${index}].name`, '')],
  )
}

function immutable(
  member: string,
  object: KubernetesObject,
  live: KubernetesObject | undefined,
  why: string,
): readonly StatusCause[] {
  if (live === undefined || JSON.stringify(live[member]) === JSON.stringify(object[member])) return []
  return [invalidValue(member, object[member], why)]
}

function list(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? (value as readonly Readonly<Record<string, unknown>>[]) : []
}

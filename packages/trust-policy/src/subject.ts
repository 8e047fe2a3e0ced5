// The `sub` claim of a Kubernetes service account token: its grammar and how a role's trust names one, exactly or by a
// pattern that somebody asked for by name.

import type { Problems } from './error.ts'
import { quote } from './quote.ts'

/**
 * One or several service accounts of a cluster.
 *
 * `namespace` and `serviceAccount` are exact. A pattern, with `*` for any characters and `?` for one, must be asked for
 * by its own member; `serviceAccountPattern: '*'` is every service account of the namespace.
 */
export type Subject =
  | { readonly namespace: string; readonly serviceAccount: string }
  | { readonly namespace: string; readonly serviceAccountPattern: string }
  | { readonly namespacePattern: string; readonly serviceAccount: string }
  | { readonly namespacePattern: string; readonly serviceAccountPattern: string }

/** How every `sub` of a service account begins. */
export const subjectPrefix = 'system:serviceaccount:'

const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?'

/** Whether a text is the name of a namespace: a DNS label (RFC 1123), 1 to 63 characters. */
export function isNamespace(name: string): boolean {
  return new RegExp(`^${label}$`).test(name)
}

/** Whether a text is the name of a service account: a DNS subdomain (RFC 1123), 1 to 253 characters. */
export function isServiceAccountName(name: string): boolean {
  return name.length <= 253 && new RegExp(`^${label}(\\.${label})*$`).test(name)
}

/** Whether a text has one of IAM's wildcards. */
export function hasWildcard(text: string): boolean {
  return /[*?]/.test(text)
}

/** Writes the `sub` of a subject, or notes why it cannot be one. */
export function subjectText(subject: Subject, path: string, problems: Problems): string {
  const namespace = readPart(subject, 'namespace', path, problems, isNamespace)
  const serviceAccount = readPart(subject, 'serviceAccount', path, problems, isServiceAccountName)
  return `${subjectPrefix}${namespace}:${serviceAccount}`
}

function readPart(
  subject: Subject,
  member: 'namespace' | 'serviceAccount',
  path: string,
  problems: Problems,
  isName: (name: string) => boolean,
): string {
  const patternMember = `${member}Pattern`
  const { [member]: name, [patternMember]: pattern } = subject as Readonly<Record<string, unknown>>
  if ((name === undefined) === (pattern === undefined)) {
    const found = name === undefined ? 'neither' : 'both'
    problems.add(path, `either "${member}" or "${patternMember}" is needed, found ${found}`)
    return ''
  }
  if (pattern !== undefined) {
    if (typeof pattern !== 'string' || !/^[a-z0-9.*?-]{1,253}$/.test(pattern) || !hasWildcard(pattern)) {
      const message = `a pattern of a-z, 0-9, "-", "." with "*" or "?" is needed, found ${quote(pattern)}`
      problems.add(`${path}/${patternMember}`, message)
    } else if (member === 'namespace' && /^[*?]+$/.test(pattern)) {
      const message = `a pattern that leaves some namespaces out is needed, found ${quote(pattern)}`
      problems.add(`${path}/${patternMember}`, message)
    }
    return typeof pattern === 'string' ? pattern : ''
  }
  if (typeof name !== 'string' || !isName(name)) {
    const kind = member === 'namespace' ? 'a DNS label of 1 to 63' : 'a DNS subdomain of 1 to 253'
    const fix = typeof name === 'string' && hasWildcard(name) ? `Ask for a pattern with "${patternMember}"` : undefined
    problems.add(`${path}/${member}`, `${kind} characters (RFC 1123) is needed, found ${quote(name)}`, fix)
  }
  return typeof name === 'string' ? name : ''
}

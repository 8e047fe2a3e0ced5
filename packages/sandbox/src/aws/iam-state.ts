// State of IAM in one account, and where its parts are found.
import { AWS_MANAGED_POLICIES } from './iam-managed.ts'

export interface OidcProvider {
  /** `url` as IAM keeps it: with `https://`, without `:443`. */
  settings: { url: string; clientIds: string[]; thumbprints?: string[]; tags: Record<string, string> }
  /** What IAM found by itself when no thumbprint was given. */
  retrievedThumbprint?: string
  createdAt: number
}

export interface Role {
  arn: string
  id: string
  settings: {
    name: string
    path: string
    trustPolicy: string
    description?: string
    maxSessionDuration: number
    permissionsBoundary?: string
    tags: Record<string, string>
    /** Documents by policy name. */
    inlinePolicies: Record<string, string>
    /** ARNs. */
    attachedPolicies: string[]
  }
  createdAt: number
}

export interface ManagedPolicy {
  arn: string
  id: string
  settings: { name: string; path: string; document: string; description?: string; tags: Record<string, string> }
  createdAt: number
}

export interface IamState {
  /** By ARN. */
  oidcProviders: Record<string, OidcProvider>
  /** By name in lower case: names are unique whatever their case. */
  roles: Record<string, Role>
  /** By ARN. */
  policies: Record<string, ManagedPolicy>
}

export function emptyIamState(): IamState {
  return { oidcProviders: {}, roles: {}, policies: {} }
}

/** Names come from callers, so `constructor` is a possible role: only what was put there counts. */
export function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined
}

export function without<T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key))
}

export function findRole(iam: IamState | undefined, name: string): Role | undefined {
  return iam === undefined ? undefined : own(iam.roles, name.toLowerCase())
}

/** The document of a policy of the account, or of one that AWS manages. */
export function findManagedDocument(iam: IamState, arn: string): string | undefined {
  const [, name] = /^arn:aws(?:-[a-z-]+)?:iam::aws:policy\/(.+)$/.exec(arn) ?? []
  const managed = name === undefined ? undefined : own(AWS_MANAGED_POLICIES, name)
  return own(iam.policies, arn)?.settings.document ?? (managed === undefined ? undefined : JSON.stringify(managed))
}

// The issuer's record: which keys we published, since when, and which must never
// come back. A private object beside the documents. Pure.
import { ProvisionerError } from './error.ts'

export const RECORD_FORMAT_VERSION = 1

/** The states that a key goes through; bootstrap knows `published`, the others belong to rotation. */
export type KeyState = 'staged' | 'published' | 'trusted' | 'proven' | 'active' | 'draining' | 'retired' | 'revoked'

export interface KeyEntry {
  readonly state: KeyState
  /** When it got this state: RFC 3339, UTC. */
  readonly since: string
  /** ARN of the caller who said so. */
  readonly by: string
}

export interface IssuerRecord {
  readonly formatVersion: typeof RECORD_FORMAT_VERSION
  readonly issuer: string
  readonly keys: Readonly<Record<string, KeyEntry>>
}

export function emptyRecord(issuer: string): IssuerRecord {
  return { formatVersion: RECORD_FORMAT_VERSION, issuer, keys: {} }
}

/** @throws {ProvisionerError} when it is not a record, or one of a later version of this software. */
export function parseRecord(text: string): IssuerRecord {
  let value: Partial<Omit<IssuerRecord, 'formatVersion'>> & { readonly formatVersion?: unknown }
  try {
    value = JSON.parse(text) as typeof value
  } catch (cause) {
    throw new ProvisionerError('invalid-input', 'Cannot read the record: it is not JSON', { hint: LOST_HINT, cause })
  }
  if (typeof value.formatVersion === 'number' && value.formatVersion > RECORD_FORMAT_VERSION) {
    throw new ProvisionerError(
      'invalid-input',
      `Cannot read the record: it is of format ${value.formatVersion}, and this version knows ${RECORD_FORMAT_VERSION}`,
      { hint: 'Update irsa to the version that wrote it. Nothing was changed.' },
    )
  }
  const { keys, issuer } = value
  if (
    value.formatVersion !== RECORD_FORMAT_VERSION ||
    typeof issuer !== 'string' ||
    typeof keys !== 'object' ||
    keys === null
  ) {
    throw new ProvisionerError('invalid-input', 'Cannot read the record: it is not a record of an issuer', {
      hint: LOST_HINT,
    })
  }
  return { formatVersion: RECORD_FORMAT_VERSION, issuer, keys }
}

const LOST_HINT = 'Restore an earlier version of the object; the bucket keeps them.'

export function serializeRecord(record: IssuerRecord): string {
  const keys = Object.fromEntries(Object.entries(record.keys).sort(([a], [b]) => (a < b ? -1 : 1)))
  return `${JSON.stringify({ ...record, keys }, null, 2)}\n`
}

/** Adds kids that the record does not know as published; what it knows already stays as it is. */
export function claimKeys(record: IssuerRecord, kids: readonly string[], entry: Omit<KeyEntry, 'state'>): IssuerRecord {
  const fresh = kids
    .filter((kid) => record.keys[kid] === undefined)
    .map((kid) => [kid, { state: 'published', ...entry }] as const)
  return { ...record, keys: { ...record.keys, ...Object.fromEntries(fresh) } }
}

/** Kids that must not be published, whoever lists them. */
export function tombstones(record: IssuerRecord | undefined): readonly string[] {
  return Object.entries(record?.keys ?? {})
    .filter(([, { state }]) => state === 'retired' || state === 'revoked')
    .map(([kid]) => kid)
}

// State of Route 53 in all accounts.

export interface RecordSet {
  name: string
  type: string
  ttl?: number
  values?: string[]
  alias?: { hostedZoneId: string; dnsName: string; evaluateTargetHealth: boolean }
}

export interface StoredRecord {
  settings: RecordSet
  /** When it took its present content. */
  changedAt: number
  /** From when on name servers answer with it. */
  insyncAt: number
  /** What they answer with until then, when there was something before. */
  former?: RecordSet
}

export interface HostedZone {
  account: string
  partition: string
  settings: {
    /** Lower case, with the final dot. */
    name: string
    privateZone: boolean
    callerReference: string
    comment?: string
    tags: Record<string, string>
    vpc?: { id: string; region: string }
  }
  createdAt: number
  /** By `<name> <type>`, names lower case with the final dot. */
  records: Record<string, StoredRecord>
}

export interface Route53State {
  /** By id, without `/hostedzone/`. */
  zones: Record<string, HostedZone>
  /** By id, without `/change/`. */
  changes: Record<string, { account: string; submittedAt: number; insyncAt: number; comment?: string }>
}

export function emptyRoute53State(): Route53State {
  return { zones: {}, changes: {} }
}

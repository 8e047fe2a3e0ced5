// State of ACM in all accounts and regions.

export interface Certificate {
  account: string
  region: string
  settings: {
    domainName: string
    subjectAlternativeNames?: string[]
    validationMethod?: string
    keyAlgorithm?: string
    idempotencyToken?: string
    tags: Record<string, string>
  }
  createdAt: number
  /** The CNAME that proves control, by domain. */
  validation: Record<string, { name: string; value: string }>
  /** From when on DescribeCertificate shows the records. */
  recordVisibleAt: number
  /** From when on it is issued, once every record has been in its zone; kept when they leave it later. */
  issuedAt?: number
  /** The last distribution that let go of it: ACM takes a while to notice. */
  lastUse?: { by: string; endedAt: number }
}

export interface AcmState {
  /** By ARN. */
  certificates: Record<string, Certificate>
  /** How many there have been, by `<account> <region> <domain>`. */
  made: Record<string, number>
}

export function emptyAcmState(): AcmState {
  return { certificates: {}, made: {} }
}

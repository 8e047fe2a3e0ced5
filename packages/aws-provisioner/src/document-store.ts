// Where an issuer's documents are kept, behind the few verbs that are needed:
// reads with a version to compare with, writes only by compare-and-swap.

export interface StoredDocument {
  readonly body: string
  /** Identifies this content; passed back as `ifMatch`. */
  readonly etag: string
  readonly contentType?: string
  readonly cacheControl?: string
  /** The mark of whoever wrote it. */
  readonly owner?: string
  readonly lastModifiedMs: number
  /** The store's own clock, when it says it: S3's `Date`. */
  readonly readAtMs?: number
}

export interface WriteOptions {
  readonly contentType: string
  readonly cacheControl?: string
  readonly owner: string
  /** The etag that must still be there, or `null` when nothing may be there. */
  readonly ifMatch: string | null
}

export interface DocumentStore {
  /** For messages: `s3://bucket/` or a folder. */
  readonly location: string
  read(key: string): Promise<StoredDocument | undefined>
  /** `conflict` when somebody else was faster. */
  write(key: string, body: string, options: WriteOptions): Promise<'written' | 'conflict'>
  /** Former contents, the newest first; empty when there never was anything. */
  history(key: string): Promise<readonly StoredDocument[]>
  /** Removes it with all that is remembered of it. */
  remove(key: string): Promise<void>
}

/** Content types of the two documents (RFC 8414, section 3.2; RFC 7517, section 8.5.2). */
export const DISCOVERY_CONTENT_TYPE = 'application/json'
export const JWKS_CONTENT_TYPE = 'application/json'

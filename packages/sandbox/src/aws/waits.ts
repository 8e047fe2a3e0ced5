// How long AWS takes, in one table. Figures of AWS are given with their source;
// where AWS names none, the figure is a choice and says so.

/** Milliseconds. */
export const WAITS = {
  /** IAM: a new provider and role were refused 0 s and 4 s after creation and accepted after 7.5 s, as recorded by radkawar/stackd on 2026-09-11. */
  iamVisibleMs: 7_000,
  /** IAM: its own reads found what had been written 0.7 s before, in the same recordings; that they lag at all is what the IAM User Guide warns of, for how long is a choice. */
  iamReadableMs: 500,
  /** CloudFront: about 5 minutes since 2020 (AWS News Blog, "Slashing CloudFront change propagation times"). */
  distributionDeployedMs: 300_000,
  /** CloudFront: "60 to 100 seconds" is what users report for invalidations; AWS names no figure. */
  invalidationCompletedMs: 60_000,
  /** ACM: the record to create "is absent for several seconds" after the request; a choice. */
  certificateRecordVisibleMs: 5_000,
  /** ACM: issued some minutes after the record is in the zone, up to 30 (ACM User Guide, "DNS validation"). */
  certificateIssuedMs: 150_000,
  /** ACM: a certificate stays in use for some minutes after its distribution is gone; a choice. */
  certificateReleasedMs: 120_000,
  /** ACM: a request that is not validated times out after 72 hours (ACM User Guide, "DNS validation"). */
  certificateTimedOutMs: 72 * 3_600_000,
  /** ACM: certificates are valid for 13 months, 395 days (ACM User Guide, "Concepts"). */
  certificateValidMs: 395 * 86_400_000,
  /** ACM: for an hour an idempotency token stands for the same request (API Reference, "RequestCertificate"). */
  certificateTokenMs: 3_600_000,
  /** Route 53: changes "generally propagate within 60 seconds" (GetChange). */
  recordInsyncMs: 30_000,
  /** CloudFront keeps an error answer 10 s unless told otherwise (CloudFront Developer Guide, "error caching minimum TTL"). */
  edgeErrorTtlMs: 10_000,
  /** From viewer to edge and back; a choice. */
  edgeRoundTripMs: 20,
  /** From viewer or edge to bucket and back; a choice. */
  bucketRoundTripMs: 60,
  /** How long a client tries to connect to an address that does not answer; a choice: Linux gives up after about two minutes, most clients earlier. */
  silenceMs: 30_000,
  /** STS gives up on an issuer that needs longer (AWS re:Post, "iam-sts-invalididentitytoken"). */
  stsFetchLimitMs: 5_000,
} as const

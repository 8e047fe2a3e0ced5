// Whether two worlds are the same, apart from what may differ between a run that
// was disturbed and one that was not. What is ignored is this list and nothing else.
import type { World } from '@irsa/sandbox'

interface Ignored {
  /** Name of a member, or its end, wherever it stands. */
  readonly member: RegExp
  readonly because: string
}

export const ignored: readonly Ignored[] = [
  { member: /At$/, because: 'a time: a run that was stopped and taken up again ends later' },
  { member: /^etag$/, because: 'CloudFront gives a new one for each write: repeating a write is allowed' },
  { member: /^versionId$/, because: 'counts the writes of a key: repeating a write is allowed' },
  { member: /^versionIdsMade$/, because: 'the counter behind versionId' },
  { member: /^creationTimestamp$/, because: 'a time, in the words of Kubernetes' },
  { member: /^resourceVersion$/, because: 'counts the writes of a cluster: repeating a write is allowed' },
  { member: /^managedFields$/, because: 'holds times; what is managed shows in the fields themselves' },
  { member: /^checksum$/, because: 'of a content that is compared itself; the record holds times' },
  { member: /^(caches|sessions)$/, because: 'what is remembered or handed out is not part of the truth' },
  { member: /^changes$/, because: "Route 53's list of past changes: repeating a change is allowed" },
  { member: /^invalidations$/, because: 'past invalidations: repeating one is allowed' },
]

/** What services remember of things that are gone: nobody but the sandbox can see it. */
export const remembered: readonly Ignored[] = [
  { member: /^made$/, because: 'how many of a kind were ever made, so that no identifier is given twice' },
  { member: /^history$/, because: 'the same, of a cluster' },
  { member: /^callerReferences$/, because: 'CloudFront never takes one twice, not even after a deletion' },
]

/** Pointers to what differs, with both values; empty when the worlds are the same. */
export function worldDifferences(a: World, b: World, also: readonly Ignored[] = []): readonly string[] {
  const rules = [...ignored, ...also]
  return differences('', normalise(a, rules), normalise(b, rules))
}

/** Only what counts: ignored members left out, the newest version of each object, JSON inside of text opened. */
function normalise(value: unknown, rules: readonly Ignored[]): unknown {
  if (typeof value === 'string') return openText(value)
  if (Array.isArray(value)) return (isVersions(value) ? value.slice(0, 1) : value).map((item) => normalise(item, rules))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([member]) => !rules.some((rule) => rule.member.test(member)))
      .map(([member, inner]) => [member, normalise(inner, rules)]),
  )
}

/** The record says since when a key is in its state: a time. */
function openText(text: string): unknown {
  if (!text.startsWith('{"') && !text.startsWith('{\n')) return text
  try {
    const parsed = JSON.parse(text) as Record<string, unknown>
    return {
      text: JSON.parse(JSON.stringify(parsed, (key, inner: unknown) => (key === 'since' ? 'then' : inner))) as unknown,
    }
  } catch {
    return text
  }
}

/** Older versions of an object say how often it was written, which may differ. */
function isVersions(value: readonly unknown[]): boolean {
  const [first] = value
  return typeof first === 'object' && first !== null && 'versionId' in first && 'deleteMarker' in first
}

function differences(path: string, a: unknown, b: unknown): readonly string[] {
  if (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null) {
    const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()
    return names.flatMap((name) =>
      differences(`${path}/${name}`, (a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name]),
    )
  }
  return Object.is(a, b) ? [] : [`${path}: ${JSON.stringify(a)} ≠ ${JSON.stringify(b)}`]
}

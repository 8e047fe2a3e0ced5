// Keys from files: PEM, certificates, JWK or JWKS, for when CI cannot reach the cluster.
import type { Jwks } from '@irsa/oidc-docs'
import { createJwks, OidcDocsError } from '@irsa/oidc-docs'
import type { RunContext } from './context.ts'
import { InputError } from './input-error.ts'

/** @throws {InputError} with every file that cannot be used. A private key is refused: its place is the cluster, not CI. */
export async function readKeySource(files: readonly string[], context: Pick<RunContext, 'readFile'>): Promise<Jwks> {
  const results = await Promise.all(files.map((file, index) => readOne(file, index, context)))
  const findings = results.flatMap((result) => ('finding' in result ? [result.finding] : []))
  if (findings.length > 0) throw new InputError(findings)
  const texts = results.flatMap((result) => ('text' in result ? [result.text] : []))
  return createJwks(texts)
}

type Read = { readonly text: string } | { readonly finding: InputError['findings'][number] }

async function readOne(file: string, index: number, context: Pick<RunContext, 'readFile'>): Promise<Read> {
  const path = `/cluster/keys/files/${index}`
  const problem = (message: string, fix?: string): Read => ({
    finding: { code: 'keys-unusable', severity: 'error', path, message, ...(fix === undefined ? {} : { fix }) },
  })
  let text: string
  try {
    text = await context.readFile(file)
  } catch (error) {
    return problem(`Cannot read "${file}": ${(error as Error).message}`)
  }
  if (isPrivate(text)) {
    return problem(
      `Cannot use "${file}": it holds a private key`,
      'Give the public half: `openssl pkey -in FILE -pubout`. Whoever has the private key can take every role.',
    )
  }
  try {
    await createJwks([text])
    return { text }
  } catch (error) {
    if (!(error instanceof OidcDocsError)) throw error
    return problem(`Cannot use "${file}": ${error.message}`)
  }
}

/** PEM labels of private keys (RFC 7468) and private members of JWKs (RFC 7518, section 6). */
function isPrivate(text: string): boolean {
  return /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(text) || /"(?:d|p|q|dp|dq|qi|k)"\s*:/.test(text)
}

// Which key pair comes next in a world, and which one signs what a test wants signed.
import type { World } from '../world.ts'
import { deriveKey, importPem, publicJwk } from './keys.ts'
import type { KeyType } from './keys.ts'
import { keyOf } from './service-account-tokens.ts'
import type { SigningKey } from './state.ts'
import type { Store } from './store.ts'

export interface SignatureOptions {
  readonly claims: Readonly<Record<string, unknown>>
  /** The whole header. Default: `alg` and `kid` of the key. */
  readonly header?: Readonly<Record<string, unknown>>
  /** A kid of the cluster, `unknown` for a key that no server has, or a private key. Default: the first server's signing key. */
  readonly key?: string | { readonly privateKeyPem: string }
}

export function chooseKey(store: Store, key: SignatureOptions['key']): SigningKey {
  if (key === 'unknown') return unknownKey(chooseKey(store, undefined))
  if (typeof key === 'object') return importPem(key.privateKeyPem)
  return keyOf(store.state, key ?? Object.values(store.state.apiServers)[0]?.settings.signingKey ?? '')
}

/** Of the same kind as the known one, so that nothing but the key is wrong with a signature. */
function unknownKey(known: SigningKey): SigningKey {
  const { crv } = publicJwk(known)
  return deriveKey(crv === undefined ? 'rsa' : (crv.toLowerCase() as KeyType), 'unknown')
}

/** The first of the sandbox's keys that this world has not used. */
export function nextKey(world: World, type: KeyType): SigningKey {
  const used = Object.values(world.clusters).reduce((sum, { keys }) => sum + Object.keys(keys).length, 0)
  return deriveKey(type, String(used))
}

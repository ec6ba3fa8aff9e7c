import { type Slices, WaypostError } from '@waypost/core'
import { type ConfigObject, type ConfigValue, isConfigObject } from '../config-value.ts'
import type { JsonPath } from '../documents/json-path.ts'
import type { LayerDocument } from '../layers/walk.ts'
import { type ConfigProblem, documentProblem } from '../problem.ts'
import { decrypt, isCipher } from './cipher.ts'
import type { Keyring } from './keyring.ts'

/** An encrypted value, and what it says. */
export interface DecryptedText {
  readonly value: string
  readonly text: string
}

/** Encrypted values of some documents, with what they say. */
export type Decrypted =
  | { readonly texts: ReadonlyMap<string, string>; readonly problems?: undefined }
  | {
      readonly texts?: undefined
      readonly problems: readonly ConfigProblem[]
      /** Whether it may work later: a key service did not answer. */
      readonly mayPass: boolean
    }

/**
 * Decrypts what some documents hold encrypted. `known` has what was decrypted before, by document and value, and is
 * added to: a change elsewhere does not bother a key service again.
 */
export async function decryptLayers(
  layers: readonly LayerDocument[],
  keyring: Keyring | undefined,
  known: Map<string, DecryptedText>,
  { signal, slices }: { readonly signal?: AbortSignal | undefined; readonly slices?: Slices | undefined } = {},
): Promise<Decrypted> {
  const texts = new Map<string, string>()
  const problems: ConfigProblem[] = []
  let mayPass = false
  for (const { document } of layers) {
    const found = slices ? await slices.run(findCiphers(document.value)) : ciphersOf(document.value, [])
    for (const { value, path } of found) {
      const id = JSON.stringify([document.path, value])
      try {
        if (keyring === undefined) {
          throw new WaypostError(
            'not-found',
            'The value is encrypted, and no key was given: set WAYPOST_CONFIG_KEYS, or the option `keyring`.',
          )
        }
        const text = known.get(id)?.text ?? (await decrypt(value, keyring, { path: document.path, signal }))
        known.set(id, { value, text })
        texts.set(value, text)
      } catch (error) {
        if (!WaypostError.is(error) || error.code === 'aborted') throw error
        mayPass ||= error.code === 'unavailable'
        const reason = `${path.join('.')}: ${error.message}`
        problems.push(documentProblem(document.path, document.locator()(path), reason))
      }
    }
  }
  return problems.length > 0 ? { problems, mayPass } : { texts }
}

interface FoundCipher {
  readonly value: string
  readonly path: JsonPath
}

/** Finds them with places between which other work may be done. */
function* findCiphers(root: ConfigObject): Generator<void, readonly FoundCipher[]> {
  const found: FoundCipher[] = []
  for (const [key, child] of Object.entries(root)) {
    if (!isConfigObject(child)) found.push(...ciphersOf(child, [key]))
    else {
      for (const [name, value] of Object.entries(child)) {
        found.push(...ciphersOf(value, [key, name]))
        yield
      }
    }
  }
  return found
}

/** The encrypted values in a configuration, and the keys that hold them. */
export function* ciphersOf(value: ConfigValue, path: JsonPath): Generator<FoundCipher> {
  if (isCipher(value)) yield { value, path }
  else if (typeof value === 'object' && value !== null) {
    for (const [key, child] of Object.entries(value)) yield* ciphersOf(child, [...path, key])
  }
}

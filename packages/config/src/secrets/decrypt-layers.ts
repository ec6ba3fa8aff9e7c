import { WaypostError } from '@waypost/core'
import type { ConfigValue } from '../config-value.ts'
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
  signal?: AbortSignal,
): Promise<Decrypted> {
  const texts = new Map<string, string>()
  const problems: ConfigProblem[] = []
  let mayPass = false
  for (const { document } of layers) {
    for (const { value, path } of ciphersOf(document.value, [])) {
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

/** The encrypted values in a configuration, and the keys that hold them. */
export function* ciphersOf(
  value: ConfigValue,
  path: JsonPath,
): Generator<{ readonly value: string; readonly path: JsonPath }> {
  if (isCipher(value)) yield { value, path }
  else if (typeof value === 'object' && value !== null) {
    for (const [key, child] of Object.entries(value)) yield* ciphersOf(child, [...path, key])
  }
}

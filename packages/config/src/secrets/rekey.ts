import { abortSignal, checkOptions, type OptionKinds, text } from '@waypost/core/options'
import { decrypt, encrypt, isBound, keyIdOf } from './cipher.ts'
import type { Keyring } from './keyring.ts'

/** An encrypted value wherever it stands in a text of any format: base64url and the key id's characters end it. */
const ciphers = /\{cipher\}v1:[\w.-]+:(?:doc:)?[\w-]+/g

export interface RekeyOptions {
  /** The document's path; needed when it has values that are bound to it. */
  readonly path?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Encrypts every encrypted value of a document's text again under the keyring's primary key, and leaves every other
 * byte as it is. Values that are under that key already stay.
 */
const rekeyOptionKinds: OptionKinds<RekeyOptions> = { path: text, signal: abortSignal }

export async function rekey(text: string, keyring: Keyring, options: RekeyOptions = {}): Promise<Rekeyed> {
  checkOptions('rekey', options, rekeyOptionKinds)
  const { path, signal } = options
  let result = ''
  let end = 0
  let changed = 0
  for (const match of text.matchAll(ciphers)) {
    const [value] = match
    result += text.slice(end, match.index)
    end = match.index + value.length
    if (keyIdOf(value) === keyring.primary) result += value
    else {
      changed += 1
      const plain = await decrypt(value, keyring, options)
      result += await encrypt(plain, keyring, { signal, path: isBound(value) ? path : undefined })
    }
  }
  return { text: result + text.slice(end), changed }
}

export interface Rekeyed {
  readonly text: string
  /** How many values were encrypted again. */
  readonly changed: number
}

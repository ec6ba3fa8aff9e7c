import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { abortable, anySignal, invalidArgument, messageOf, WaypostError } from '@waypost/core'
import type { Variables } from '../identity.ts'

const keyBytes = 32

/**
 * Where keys come from. Implement it to ask a key service: `key` is called once for each id and its answer is kept,
 * for as long as the configuration is open.
 */
export interface Keyring {
  /** The id of the key that is encrypted with. Not needed to decrypt. */
  readonly primary?: string | undefined
  /** The 32 bytes of a key, or `undefined` when there is none of that id. */
  key(id: string, options: { readonly signal?: AbortSignal | undefined }): KeyAnswer | Promise<KeyAnswer>
}

export type KeyAnswer = Uint8Array | undefined

/** How long a key service may take for one key, in milliseconds. */
const keyTimeoutMs = 10_000

/**
 * Reads keys from text: `<id>:<32 bytes in base64 or hexadecimal>`, separated by commas or lines; `#` begins a
 * comment. The first is the primary key, with which is encrypted; the others still decrypt. Throws
 * `invalid-argument`, without quoting any of it.
 */
export function parseKeyring(text: string): Keyring {
  const keys = new Map<string, Uint8Array>()
  const entries = text
    .split(/\r?\n/)
    .map((line) => line.replace(/#.*/, ''))
    .flatMap((line) => line.split(','))
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
  for (const [index, entry] of entries.entries()) {
    const [, id, data] = /^([\w.-]{1,64})\s*[:=]\s*(\S+)$/.exec(entry) ?? []
    if (id === undefined || data === undefined) {
      throw invalidArgument(
        `Key ${index + 1} must read <id>:<key>, the id of letters, digits, dot, dash and underscore.`,
      )
    }
    const key = Buffer.from(data, /^[\da-f]{64}$/i.test(data) ? 'hex' : 'base64')
    if (key.length !== keyBytes) {
      throw invalidArgument(`The key ${id} has ${key.length} bytes instead of 32, in base64 or hexadecimal.`)
    }
    if (keys.has(id)) throw invalidArgument(`The key ${id} is given twice.`)
    keys.set(id, key)
  }
  const [primary] = keys.keys()
  if (primary === undefined) throw invalidArgument('No key is given.')
  return { primary, key: (id) => keys.get(id) }
}

/** Reads keys from a file, as `parseKeyring` does. */
export async function readKeyring(file: string): Promise<Keyring> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    throw new WaypostError('invalid-argument', `The keys cannot be read: ${messageOf(cause)}`, { cause })
  }
  try {
    return parseKeyring(text)
  } catch (error) {
    throw new WaypostError('invalid-argument', `${file}: ${messageOf(error)}`)
  }
}

/** The keys of the environment: in `WAYPOST_CONFIG_KEYS`, or in the file that `WAYPOST_CONFIG_KEYS_FILE` names. */
export async function environmentKeyring(env: Variables = process.env): Promise<Keyring | undefined> {
  if (env.WAYPOST_CONFIG_KEYS) return parseKeyring(env.WAYPOST_CONFIG_KEYS)
  if (env.WAYPOST_CONFIG_KEYS_FILE) return readKeyring(env.WAYPOST_CONFIG_KEYS_FILE)
  return undefined
}

/** A new random key, as a line for `parseKeyring`. */
export function generateKey(id: string): string {
  const line = `${id}:${randomBytes(keyBytes).toString('base64')}`
  parseKeyring(line)
  return line
}

/** Asks each key once; an answer that failed is asked for again. */
export function rememberingKeyring(keyring: Keyring): Keyring {
  const known = new Map<string, Promise<KeyAnswer>>()
  return {
    primary: keyring.primary,
    key: (id, options) => {
      const asked = known.get(id)
      if (asked) return asked
      const answer = Promise.resolve().then(() => keyring.key(id, options))
      known.set(id, answer)
      const forget = (): void => {
        known.delete(id)
      }
      answer.then((key) => key ?? forget(), forget)
      return answer
    },
  }
}

/** The key of an id, within a bounded time. */
export async function keyOf(keyring: Keyring, id: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const bound = signal ? anySignal([signal, AbortSignal.timeout(keyTimeoutMs)]) : AbortSignal.timeout(keyTimeoutMs)
  let key: KeyAnswer
  try {
    key = await abortable(Promise.resolve(keyring.key(id, { signal: bound })), bound)
  } catch (cause) {
    if (signal?.aborted) throw cause
    const why = bound.aborted ? `no answer within ${keyTimeoutMs} ms` : messageOf(cause)
    throw new WaypostError('unavailable', `The key ${id} could not be loaded: ${why}`, { cause })
  }
  if (key === undefined) throw new WaypostError('not-found', `There is no key ${id} in the keyring.`)
  if (key.length !== keyBytes) throw invalidArgument(`The key ${id} has ${key.length} bytes instead of 32.`)
  return key
}

export async function primaryKeyOf(
  keyring: Keyring,
  signal: AbortSignal | undefined,
): Promise<{ readonly id: string; readonly key: Uint8Array }> {
  if (keyring.primary === undefined) throw invalidArgument('The keyring names no primary key to encrypt with.')
  if (!/^[\w.-]{1,64}$/.test(keyring.primary)) {
    throw invalidArgument(
      `The key id ${JSON.stringify(keyring.primary)} may have letters, digits, dot, dash and underscore only.`,
    )
  }
  return { id: keyring.primary, key: await keyOf(keyring, keyring.primary, signal) }
}

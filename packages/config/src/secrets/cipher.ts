import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { WaypostError } from '@waypost/core'
import { abortSignal, checkOptions, type OptionKinds, text } from '@waypost/core/options'
import { type Keyring, keyOf, primaryKeyOf } from './keyring.ts'

/** What an encrypted value begins with. */
export const cipherMark = '{cipher}'

const nonceBytes = 12
const tagBytes = 16

export interface EncryptOptions {
  /** Binds the text to this document: in any other it cannot be decrypted. Default: it works in every document. */
  readonly path?: string | undefined
  readonly signal?: AbortSignal | undefined
}

export interface DecryptOptions {
  /** The document that the text stands in. Needed for a text that is bound to it. */
  readonly path?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** An encrypted value, taken apart. */
const cipherOptionKinds: OptionKinds<EncryptOptions & DecryptOptions> = { path: text, signal: abortSignal }

interface Sealed {
  readonly keyId: string
  readonly bound: boolean
  readonly nonce: Uint8Array
  readonly ciphertext: Uint8Array
  readonly tag: Uint8Array
}

export function isCipher(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith(cipherMark)
}

/**
 * Encrypts a text with AES-256-GCM and a random nonce, under the keyring's primary key. The answer is one line:
 * `{cipher}v1:<key id>:<data>`, or `{cipher}v1:<key id>:doc:<data>` when it is bound to a document;
 * the data is the nonce (12 bytes), the ciphertext and the tag (16 bytes), in base64url.
 */
export async function encrypt(text: string, keyring: Keyring, options: EncryptOptions = {}): Promise<string> {
  checkOptions('encrypt', options, cipherOptionKinds)
  const { id, key } = await primaryKeyOf(keyring, options.signal)
  const { path } = options
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(associatedData(id, path))
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  const data = Buffer.concat([nonce, ciphertext, cipher.getAuthTag()]).toString('base64url')
  return `${cipherMark}v1:${id}:${path === undefined ? '' : 'doc:'}${data}`
}

/**
 * The text that was encrypted. Fails with `invalid-argument` when the value is not one of `encrypt`, with `not-found`
 * when the keyring does not have its key, and with `failed-precondition` when it was changed, was encrypted with
 * another key of that id, or is bound to another document. No message contains the text.
 */
export async function decrypt(value: string, keyring: Keyring, options: DecryptOptions = {}): Promise<string> {
  checkOptions('decrypt', options, cipherOptionKinds)
  const { keyId, bound, nonce, ciphertext, tag } = takeApart(value)
  if (bound && options.path === undefined) {
    throw new WaypostError('invalid-argument', 'The value is bound to its document; name the document to decrypt it.')
  }
  const key = await keyOf(keyring, keyId, options.signal)
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
    decipher.setAAD(associatedData(keyId, bound ? options.path : undefined))
    decipher.setAuthTag(tag)
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('utf8')
  } catch {
    const why = bound ? `, or is bound to another document than ${options.path}` : ''
    throw new WaypostError(
      'failed-precondition',
      `The value does not decrypt: it was changed, was encrypted with another key named ${keyId}${why}.`,
    )
  }
}

/** The id of the key that a value was encrypted with. Throws `invalid-argument` when it is not one of `encrypt`. */
export function keyIdOf(value: string): string {
  return takeApart(value).keyId
}

/** Whether a value can be decrypted only in the document that it was encrypted for. */
export function isBound(value: string): boolean {
  return takeApart(value).bound
}

/** What the tag vouches for beside the text. The form is part of it, so a bound value cannot be made a free one. */
function associatedData(keyId: string, path: string | undefined): Buffer {
  return Buffer.from(JSON.stringify(path === undefined ? ['waypost', 1, keyId] : ['waypost', 1, keyId, path]))
}

function takeApart(value: string): Sealed {
  const [, keyId, bound, data] = /^\{cipher\}v1:([^:\s]+):(doc:)?([\w-]+)$/.exec(value) ?? []
  const bytes = Buffer.from(data ?? '', 'base64url')
  if (keyId === undefined || bytes.length < nonceBytes + tagBytes) {
    throw new WaypostError(
      'invalid-argument',
      'The value is not an encrypted value: it must have the form {cipher}v1:<key id>:<data>.',
    )
  }
  return {
    keyId,
    bound: bound !== undefined,
    nonce: bytes.subarray(0, nonceBytes),
    ciphertext: bytes.subarray(nonceBytes, -tagBytes),
    tag: bytes.subarray(-tagBytes),
  }
}

import type { KeyValue } from '@waypost/client'
import Type, { type Static } from 'typebox'
import type { Sendable } from '../../operation/responses.ts'
import { digits, object, oneOf } from '../../operation/schemas.ts'

/** A key as the API shows it. */
export const keyFields = {
  key: Type.String({ description: 'As text.' }),
  keyBase64: Type.Optional(Type.String({ description: 'The bytes of the key, if they are not UTF-8.' })),
  createRevision: digits('The revision at which the key was last created.'),
  modRevision: digits('The revision of its last change.'),
  version: digits('Changes since it was created, from 1.'),
  lease: Type.Optional(
    Type.String({
      description: 'The lease that it is attached to, in hexadecimal. Absent in a list without values.',
    }),
  ),
} as const

/** A value as the API shows it. */
export const valueFields = {
  value: Type.Optional(Type.String({ description: 'The text, or the bytes as base64.' })),
  encoding: Type.Optional(oneOf(['utf8', 'base64'], '`base64` for bytes that are not text.')),
  size: Type.Optional(Type.Integer({ description: 'Of the whole value, in bytes.' })),
  isCut: Type.Optional(Type.Boolean({ description: 'The value is longer than what is shown.' })),
} as const

export const keySchema = object({ ...keyFields, ...valueFields })

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The facts about a key, without its value. */
export function keyJson(kv: KeyValue): Sendable<Static<typeof keySchema>> {
  return {
    key: kv.key,
    keyBase64: textOf(kv.keyBytes) === undefined ? Buffer.from(kv.keyBytes).toString('base64') : undefined,
    createRevision: String(kv.createRevision),
    modRevision: String(kv.modRevision),
    version: String(kv.version),
    lease: kv.lease === 0n ? undefined : kv.lease.toString(16),
  }
}

/** A value, cut to a number of bytes. */
export function valueJson(bytes: Uint8Array, maxBytes = Number.POSITIVE_INFINITY) {
  const isCut = bytes.length > maxBytes
  const shown = isCut ? bytes.subarray(0, maxBytes) : bytes
  const text = textOf(shown) ?? (isCut ? textOf(wholeCharacters(shown)) : undefined)
  const value = text === undefined ? Buffer.from(shown).toString('base64') : text
  return { value, encoding: text === undefined ? ('base64' as const) : ('utf8' as const), size: bytes.length, isCut }
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

/** Without the bytes of a character that was cut in the middle. */
function wholeCharacters(bytes: Uint8Array): Uint8Array {
  let end = bytes.length
  while (end > 0 && ((bytes[end - 1] ?? 0) & 0xc0) === 0x80) end -= 1
  return bytes.subarray(0, Math.max(0, end - 1))
}

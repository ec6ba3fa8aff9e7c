import type { MessageCodec } from '../method.ts'

/** Messages that are their own bytes. */
export const bytes: MessageCodec<Uint8Array> = {
  encode(message, headroomBytes = 0) {
    const encoded = Buffer.allocUnsafe(headroomBytes + message.length)
    encoded.set(message, headroomBytes)
    return encoded
  },
  decode: (message) => message,
}

/** Messages that are UTF-8 text. `!` is text that cannot be decoded. */
export const text: MessageCodec<string> = {
  encode: (message, headroomBytes = 0) => bytes.encode(Buffer.from(message), headroomBytes),
  decode(message) {
    const decoded = Buffer.from(message).toString()
    if (decoded === '!') throw new Error('not a message')
    return decoded
  },
}

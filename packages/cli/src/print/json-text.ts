import { isUtf8 } from 'node:buffer'

/** Bytes as JSON can hold them: as text, or in base64, and then said to be. */
export function jsonText(bytes: Uint8Array): { readonly text: string; readonly encoding: 'base64' | undefined } {
  const value = Buffer.from(bytes)
  return isUtf8(value)
    ? { text: value.toString(), encoding: undefined }
    : { text: value.toString('base64'), encoding: 'base64' }
}

import { WaypostError } from '@waypost/core'

/** The largest document, in bytes. Three of them and their records fit in none of etcd's requests; one does. */
export const maxDocumentBytes = 1024 * 1024

/** UTF-8 text exactly as it is, a byte order mark included; `undefined` when the bytes are not UTF-8. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** A text without the byte order mark that some editors put in front. */
export function withoutByteOrderMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}

/** The text of a document. Throws `invalid-document` when it is not UTF-8. */
export function documentText(path: string, bytes: Uint8Array): string {
  const text = decodeText(bytes)
  if (text !== undefined) return text
  throw new WaypostError('invalid-document', `${path} is not UTF-8 text; read its bytes instead.`, {
    details: { path },
  })
}

import { decodeText } from './document-text.ts'
import { type LayeredFormatName, layeredFormat } from './formats.ts'

/** How a document's text is read. It is told from the path's extension. */
export type DocumentFormat = LayeredFormatName | 'text' | 'binary'

/**
 * The format of a document: by its extension when that is one of a format with keys and values. Any other document is
 * text when its bytes are UTF-8, and binary otherwise.
 */
export function documentFormat(path: string, bytes: Uint8Array): DocumentFormat {
  return layeredFormat(path)?.name ?? (decodeText(bytes) === undefined ? 'binary' : 'text')
}

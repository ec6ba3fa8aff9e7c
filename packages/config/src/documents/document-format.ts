/** How a document's text is read. It is told from the path's extension. */
export type DocumentFormat = LayeredFormat | 'text' | 'binary'

/** The formats that hold keys and values. */
export type LayeredFormat = 'yaml' | 'json' | 'toml' | 'properties'

/** The extensions of documents that hold keys and values, and so can be layered. */
export const documentExtensions = ['yaml', 'yml', 'json', 'toml', 'properties'] as const

const layered: Readonly<Record<string, LayeredFormat>> = {
  yaml: 'yaml',
  yml: 'yaml',
  json: 'json',
  toml: 'toml',
  properties: 'properties',
}

/** The largest document, in bytes. Three of them and their records fit in none of etcd's requests; one does. */
export const maxDocumentBytes = 1024 * 1024

/**
 * The format of a document: by its extension when that is one of `documentExtensions`. Any other document is text
 * when its bytes are UTF-8, and binary otherwise.
 */
export function documentFormat(path: string, bytes: Uint8Array): DocumentFormat {
  return layeredFormat(path) ?? (decodeText(bytes) === undefined ? 'binary' : 'text')
}

/** The format of a document that can be layered; `undefined` for text and binary. */
export function layeredFormat(path: string): LayeredFormat | undefined {
  const extension = /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? ''
  return Object.hasOwn(layered, extension) ? layered[extension] : undefined
}

/** UTF-8 text exactly as it is, a byte order mark included; `undefined` when the bytes are not UTF-8. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

import { type ReadDocument, readDocument } from '../documents/config-document.ts'
import type { Canary } from '../records/canary.ts'
import { checksumOf, restoreContent } from '../records/content.ts'

/** A document as it stands in the store. */
export interface StoredDocument {
  readonly bytes: Uint8Array
  readonly modRevision: bigint
}

interface Parsed {
  readonly path: string
  readonly revision: bigint
  readonly document: ReadDocument
  readonly checksum: string
}

/** What was parsed, as long as its bytes are held by somebody: an unchanged document is not parsed again. */
export class ParsedDocuments {
  readonly #byBytes = new WeakMap<Uint8Array, Parsed>()
  readonly #byCanary = new WeakMap<Canary, Uint8Array>()

  read(path: string, { bytes, modRevision }: StoredDocument): Parsed {
    const known = this.#byBytes.get(bytes)
    if (known?.path === path && known.revision === modRevision) return known
    const document = readDocument(path, bytes, modRevision)
    const parsed = { path, revision: modRevision, document, checksum: checksumOf(bytes) }
    this.#byBytes.set(bytes, parsed)
    return parsed
  }

  bytesOf(canary: Canary): Uint8Array {
    const known = this.#byCanary.get(canary)
    if (known) return known
    const bytes = restoreContent(canary.content)
    this.#byCanary.set(canary, bytes)
    return bytes
  }
}

import { type ReadDocument, readDocument } from '../documents/config-document.ts'
import type { Canary } from '../records/canary.ts'
import { checksumOf, restoreContent } from '../records/content.ts'
import { readDirectives } from './directives.ts'

/** A document as it stands in the store. */
export interface StoredDocument {
  readonly bytes: Uint8Array
  readonly modRevision: bigint
}

interface Parsed {
  readonly path: string
  readonly text: ParsedText
  readonly checksum: string
}

/** A text that was parsed, and what it asks of Waypost. The same object for the same text under the same path. */
export interface ParsedText {
  readonly read: ReadDocument
  /** Absent when it does not parse. */
  readonly directives: ReturnType<typeof readDirectives> | undefined
}

/**
 * What anybody in this process holds parsed, by path and checksum: many loads of one document parse it once. It keeps
 * nothing alive; what nobody uses any more is forgotten.
 */
const shared = new Map<string, WeakRef<ParsedText>>()
const collected = new FinalizationRegistry<string>((id) => {
  if (shared.get(id)?.deref() === undefined) shared.delete(id)
})

/** Parses a text that has this checksum, unless somebody here holds it parsed. Nobody may change what it gives. */
export function parseText(path: string, bytes: Uint8Array, checksum: string): ParsedText {
  const id = `${checksum} ${path}`
  const known = shared.get(id)?.deref()
  if (known) return known
  const read = readDocument(path, bytes)
  const text = { read, directives: read.document && readDirectives(read.document) }
  shared.set(id, new WeakRef(text))
  collected.register(text, id)
  return text
}

/** What was parsed, as long as its bytes are held by somebody: an unchanged document is not parsed again. */
export class ParsedDocuments {
  readonly #byBytes = new WeakMap<Uint8Array, Parsed>()
  readonly #byCanary = new WeakMap<Canary, Uint8Array>()

  read(path: string, { bytes }: StoredDocument): Parsed {
    const known = this.#byBytes.get(bytes)
    if (known?.path === path) return known
    const checksum = checksumOf(bytes)
    const parsed = { path, text: parseText(path, bytes, checksum), checksum }
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

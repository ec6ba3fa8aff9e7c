import { type ReadDocument, readDocument } from '../documents/config-document.ts'
import { largeBytes, readDocumentInThread } from '../documents/document-thread.ts'
import type { Locator } from '../documents/layered-format.ts'
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
  return shared.get(idOf(path, checksum))?.deref() ?? keep(path, checksum, textOf(readDocument(path, bytes)))
}

/** Like `parseText`, where other work is to go on while a large text is parsed. Rejects as the signal does. */
export async function parseAside(
  path: string,
  bytes: Uint8Array,
  checksum: string,
  signal?: AbortSignal,
): Promise<ParsedText> {
  if (bytes.byteLength <= largeBytes || isParsed(path, checksum)) return parseText(path, bytes, checksum)
  return parseInThread(path, bytes, checksum, signal)
}

async function parseInThread(
  path: string,
  bytes: Uint8Array,
  checksum: string,
  signal: AbortSignal | undefined,
): Promise<ParsedText> {
  try {
    return keep(path, checksum, textOf(await readDocumentInThread({ path, bytes }, signal)))
  } catch (error) {
    if (signal?.aborted) throw error
    // There can be no thread here, as in a program that was bundled into one file.
    return parseText(path, bytes, checksum)
  }
}

function isParsed(path: string, checksum: string): boolean {
  return shared.get(idOf(path, checksum))?.deref() !== undefined
}

function keep(path: string, checksum: string, text: ParsedText): ParsedText {
  const id = idOf(path, checksum)
  shared.set(id, new WeakRef(text))
  collected.register(text, id)
  return text
}

function idOf(path: string, checksum: string): string {
  return `${checksum} ${path}`
}

function textOf(read: ReadDocument): ParsedText {
  return { read, directives: read.document && readDirectives(read.document) }
}

/** What was parsed, as long as its bytes are held by somebody: an unchanged document is not parsed again. */
export class ParsedDocuments {
  readonly #byBytes = new WeakMap<Uint8Array, Parsed>()
  readonly #byCanary = new WeakMap<Canary, Uint8Array>()
  readonly #leavesLarge: boolean
  /** What `parseLarge` will parse. */
  readonly #large = new Map<Uint8Array, Parsed>()

  /** @param leavesLarge whether documents that are large are left to `parseLarge`, and read as empty until then */
  constructor({ leavesLarge = false }: { readonly leavesLarge?: boolean } = {}) {
    this.#leavesLarge = leavesLarge
  }

  read(path: string, { bytes }: StoredDocument): Parsed {
    const known = this.#byBytes.get(bytes)
    if (known?.path === path) return known
    const checksum = checksumOf(bytes)
    if (this.#leavesLarge && bytes.byteLength > largeBytes && !isParsed(path, checksum)) {
      const empty = { path, text: textOf({ document: { path, value: {}, locator: noPlaces } }), checksum }
      this.#large.set(bytes, empty)
      return empty
    }
    const parsed = { path, text: parseText(path, bytes, checksum), checksum }
    this.#byBytes.set(bytes, parsed)
    return parsed
  }

  /** Parses in a thread what was read as empty. False when nothing was: what was read is good. */
  async parseLarge(signal: AbortSignal): Promise<boolean> {
    const large = [...this.#large]
    this.#large.clear()
    for (const [bytes, { path, checksum }] of large) {
      const text = await parseInThread(path, bytes, checksum, signal)
      this.#byBytes.set(bytes, { path, text, checksum })
    }
    return large.length > 0
  }

  bytesOf(canary: Canary): Uint8Array {
    const known = this.#byCanary.get(canary)
    if (known) return known
    const bytes = restoreContent(canary.content)
    this.#byCanary.set(canary, bytes)
    return bytes
  }
}

function noPlaces(): Locator {
  return () => ({ line: 1, column: 1 })
}

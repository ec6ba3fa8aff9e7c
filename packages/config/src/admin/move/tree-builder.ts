import { messageOf } from '@waypost/core'
import { configKey } from '../../config-path.ts'
import { maxDocumentBytes } from '../../documents/document-text.ts'
import type { ReadTree, SkippedEntry } from './document-tree.ts'

/** Collects documents from elsewhere; what cannot be one is skipped, with the reason. */
export class TreeBuilder {
  readonly #documents = new Map<string, Uint8Array>()
  readonly #skipped: SkippedEntry[] = []

  /** `name` is what it is called where it comes from. */
  add(name: string, path: string, bytes: Uint8Array): void {
    try {
      configKey(path)
      if (bytes.length > maxDocumentBytes) {
        throw new Error(`it has ${bytes.length} bytes; a document may have ${maxDocumentBytes}`)
      }
      if (this.#documents.has(path)) throw new Error(`another entry already maps to ${path}`)
      this.#documents.set(path, bytes)
    } catch (error) {
      this.skip(name, messageOf(error))
    }
  }

  skip(name: string, reason: string): void {
    this.#skipped.push({ name, reason })
  }

  /** Leaves out what is no document. */
  pass(name: string, reason: string): void {
    this.#skipped.push({ name, reason, harmless: true })
  }

  build(): ReadTree {
    return { documents: this.#documents, skipped: this.#skipped }
  }
}

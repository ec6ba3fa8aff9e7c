import type { KeySpan } from './key-span.ts'
import type { KeyTree } from './key-tree.ts'

/** The keys of which a version's value is known to be damaged. Almost always empty. */
export class DamagedKeys {
  readonly #versions: { readonly key: string; readonly main: number; readonly sub: number }[] = []

  get isEmpty(): boolean {
    return this.#versions.length === 0
  }

  add(key: string, main: number, sub: number): void {
    this.#versions.push({ key, main, sub })
  }

  /** Whether a key in the span has such a version: as its newest one, or any that is still kept. */
  isIn(tree: KeyTree, span: KeySpan, which: 'newest' | 'any'): boolean {
    return this.#versions.some(({ key, main, sub }) => {
      if (key < span.start || (span.end !== undefined && key >= span.end)) return false
      const found = tree.find(key)
      if (which === 'newest') return found?.live === true && found.main === main && found.sub === sub
      const kept = found?.revisionAt(main)
      return kept !== undefined && kept.main === main && kept.sub === sub
    })
  }
}

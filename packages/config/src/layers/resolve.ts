import type { ConfigObject } from '../config-value.ts'
import { type ConfigDocument, type ReadDocument, readDocument } from '../documents/config-document.ts'
import { type ConfigProblem, documentProblem, missingProblem } from '../problem.ts'
import type { Layer } from './layers.ts'
import { mergeLayers } from './merge.ts'

/** A document as it stands in the store. */
export interface StoredDocument {
  readonly bytes: Uint8Array
  readonly modRevision: bigint
}

export type LookUp = (path: string) => StoredDocument | undefined

export type Resolved =
  | {
      /** The layers merged, before any schema. */
      readonly value: ConfigObject
      /** From general to specific. */
      readonly documents: readonly ConfigDocument[]
      readonly problems?: undefined
    }
  | { readonly value?: undefined; readonly documents?: undefined; readonly problems: readonly ConfigProblem[] }

interface Parsed {
  readonly revision: bigint
  readonly read: ReadDocument
}

/** Reads and merges the documents of some layers, and remembers what it parsed until it changes. */
export class Resolver {
  readonly #layers: readonly Layer[]
  #parsed: ReadonlyMap<string, Parsed> = new Map()

  constructor(layers: readonly Layer[]) {
    this.#layers = layers
  }

  /** Whether a document is among the layers. */
  concerns(path: string): boolean {
    return this.#layers.some(({ paths }) => paths.includes(path))
  }

  resolve(lookUp: LookUp): Resolved {
    const documents: ConfigDocument[] = []
    const problems: ConfigProblem[] = []
    const parsed = new Map<string, Parsed>()
    for (const layer of this.#layers) {
      const found = layer.paths.filter((path) => lookUp(path) !== undefined)
      const [path, second] = found
      if (second !== undefined) problems.push(documentProblem(second, undefined, `${path} exists too; keep one.`))
      else if (path !== undefined) {
        const read = this.#read(path, lookUp)
        parsed.set(path, read)
        if (read.read.document) documents.push(read.read.document)
        else problems.push(...read.read.problems)
      } else if (layer.required) {
        problems.push(missingProblem(`The import ${orList(layer.paths)} does not exist.`))
      }
    }
    this.#parsed = parsed
    if (problems.length === 0 && !documents.some(({ path }) => this.#isOwn(path))) problems.push(this.#nothingFound())
    if (problems.length > 0) return { problems }
    return { value: mergeLayers(documents.map(({ value }) => value)), documents }
  }

  #read(path: string, lookUp: LookUp): Parsed {
    const stored = lookUp(path)
    if (stored === undefined) throw new Error(`${path} was there a moment ago.`)
    const known = this.#parsed.get(path)
    if (known?.revision === stored.modRevision) return known
    return { revision: stored.modRevision, read: readDocument(path, stored.bytes, stored.modRevision) }
  }

  #isOwn(path: string): boolean {
    return this.#layers.some(({ kind, paths }) => kind !== 'import' && paths.includes(path))
  }

  #nothingFound(): ConfigProblem {
    const paths = this.#layers.filter(({ kind }) => kind !== 'import').flatMap((layer) => layer.paths)
    return missingProblem(`There is no configuration: none of ${orList(paths)} exists.`)
  }
}

function orList(paths: readonly string[]): string {
  return paths.length === 1 ? `${paths[0]}` : `${paths.slice(0, -1).join(', ')} or ${paths.at(-1)}`
}

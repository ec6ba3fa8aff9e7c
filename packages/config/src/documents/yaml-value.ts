import { maxNestingDepth } from '@waypost/core'
import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap } from 'yaml'
import { type ConfigObject, type ConfigValue, isConfigObject, setOwn } from '../config-value.ts'
import { excerpt, strayMark } from './syntax-error.ts'

/** Notes what is wrong at an offset. False when no more is to be looked for. */
type Report = (offset: number, message: string) => boolean

/** How many values aliases and merge keys may repeat, in all: more is an attack on memory. */
const maxRepeated = 100_000

/** The value of a document's content. Every alias and merge key is filled in by a copy; the copies are counted. */
export function yamlValue(content: Node | null, report: Report): ConfigValue {
  try {
    return new Reader(report).read(content)
  } catch (error) {
    if (error instanceof Stop) return null
    throw error
  }
}

/** Stands for a value whose end has not been read. */
const unfinished = Symbol('unfinished')

/** Ends the reading once enough has been reported. */
class Stop extends Error {}

class Reader {
  readonly #report: Report
  /** What anchors stand for, by name. An alias means the anchor of its name that began last before it. */
  readonly #anchors = new Map<string, ConfigValue | typeof unfinished>()
  #repeated = 0

  constructor(report: Report) {
    this.#report = report
  }

  read(content: Node | null): ConfigValue {
    return this.#value(content, 0)
  }

  #fail(node: Node | null | undefined, message: string): null {
    if (!this.#report(node?.range?.[0] ?? 0, message)) throw new Stop()
    return null
  }

  #value(node: unknown, depth: number): ConfigValue {
    if (isAlias(node)) return this.#alias(node, node.source, depth)
    const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined
    if (anchor === undefined) return this.#plain(node, depth)
    this.#anchors.set(anchor, unfinished)
    const value = this.#plain(node, depth)
    this.#anchors.set(anchor, value)
    return value
  }

  #plain(node: unknown, depth: number): ConfigValue {
    if (isScalar(node)) return this.#scalar(node)
    if (isMap(node)) return this.#map(node, depth)
    if (isSeq(node)) return node.items.map((item) => this.#value(item, depth + 1))
    return null
  }

  #scalar(scalar: Scalar): ConfigValue {
    const { value, source, type } = scalar
    if (typeof value === 'number' && !isExact(value, source)) {
      return this.#fail(scalar, `${excerpt(source ?? '')} is too large to be exact as a number; put it in quotes`)
    }
    if (typeof value === 'string') {
      if (type === 'PLAIN' && value.includes('\uFEFF')) return this.#fail(scalar, strayMark)
      return value
    }
    if (typeof value === 'number' || typeof value === 'boolean') return value
    return typeof value === 'symbol' ? '<<' : null
  }

  #map(map: YAMLMap, depth: number): ConfigValue {
    const result: ConfigObject = {}
    const merged: { readonly pair: Pair; readonly sources: readonly ConfigObject[] }[] = []
    const own = new Set<string>()
    for (const pair of map.items) {
      const { key } = pair
      if (isMergeKey(key)) {
        if (merged.length > 0) this.#fail(key, 'Keys must be unique, and "<<" occurs twice; merge a list: <<: [*a, *b]')
        merged.push({ pair, sources: this.#mergeSources(pair, depth) })
        continue
      }
      const name = this.#name(key)
      if (name === undefined) continue
      if (own.has(name))
        this.#fail(nodeOf(key), `Keys must be unique, and ${JSON.stringify(excerpt(name))} occurs twice`)
      own.add(name)
      setOwn(result, name, this.#value(pair.value, depth + 1))
    }
    for (const { pair, sources } of merged) {
      for (const source of sources) {
        for (const [name, value] of Object.entries(source)) {
          if (!Object.hasOwn(result, name)) setOwn(result, name, this.#copy(value, nodeOf(pair.key), depth + 1))
        }
      }
    }
    return result
  }

  /** The name of a key; `undefined` when it is none, which has been reported. */
  #name(key: unknown): string | undefined {
    let value: unknown = isScalar(key) ? key.value : null
    if (isAlias(key)) value = this.#alias(key, key.source, 0)
    else if (key !== null && !isScalar(key)) {
      this.#fail(nodeOf(key), 'A key must be a single word, not a collection')
      return undefined
    }
    if (isScalar(key) && key.anchor !== undefined) this.#anchors.set(key.anchor, this.#scalar(key))
    if (typeof value === 'object' && value !== null) {
      this.#fail(nodeOf(key), 'A key must be a single word, not a collection')
      return undefined
    }
    // Keys that differ in type alone would be one property.
    const name = value === null || value === undefined ? '' : String(value)
    if (name.includes('\uFEFF')) {
      this.#fail(nodeOf(key), strayMark)
      return undefined
    }
    return name
  }

  #mergeSources({ key, value }: Pair, depth: number): readonly ConfigObject[] {
    const nodes: readonly unknown[] = isSeq(value) ? value.items : [value]
    if (isSeq(value) && value.anchor !== undefined) this.#value(value, depth + 1)
    return nodes.flatMap((node) => {
      const source = isAlias(node) ? this.#target(node, node.source) : this.#value(node, depth + 1)
      const listed = Array.isArray(source) && !isSeq(value) ? source : [source]
      return listed.flatMap((each) => {
        if (isConfigObject(each)) return [each]
        if (each !== undefined) this.#fail(nodeOf(node) ?? nodeOf(key), 'The value of << must be a mapping')
        return []
      })
    })
  }

  #alias(alias: Node, name: string, depth: number): ConfigValue {
    const target = this.#target(alias, name)
    return target === undefined ? null : this.#copy(target, alias, depth)
  }

  /** What an alias stands for; `undefined` when it is nothing, which has been reported. */
  #target(alias: Node, name: string): ConfigValue | undefined {
    const target = this.#anchors.get(name)
    if (target === unfinished) this.#fail(alias, `The anchor &${excerpt(name)} contains itself`)
    else if (target === undefined) this.#fail(alias, `There is no anchor &${excerpt(name)} before this alias`)
    else return target
    return undefined
  }

  #copy(value: ConfigValue, at: Node | undefined, depth: number): ConfigValue {
    this.#repeated += typeof value === 'string' ? 1 + (value.length >> 5) : 1
    if (this.#repeated > maxRepeated) {
      this.#fail(at, `Aliases and merge keys repeat more than ${maxRepeated.toLocaleString('en')} values`)
      throw new Stop()
    }
    if (typeof value !== 'object' || value === null) return value
    if (depth > maxNestingDepth) {
      this.#fail(at, `With its aliases resolved, this is nested more than ${maxNestingDepth} deep`)
      throw new Stop()
    }
    if (Array.isArray(value)) return value.map((item) => this.#copy(item, at, depth + 1))
    const copy: ConfigObject = {}
    for (const [name, child] of Object.entries(value)) setOwn(copy, name, this.#copy(child, at, depth + 1))
    return copy
  }
}

function isMergeKey(key: unknown): key is Scalar {
  return isScalar(key) && typeof key.value === 'symbol'
}

function nodeOf(node: unknown): Node | undefined {
  return isScalar(node) || isAlias(node) || isMap(node) || isSeq(node) ? node : undefined
}

/** Whether a number is what its text says. Only integers are asked: a fraction is rounded as everywhere. */
function isExact(value: number, source: string | undefined): boolean {
  const digits = /^[-+]?0*(\d+|(?<=^[-+]?0)x[\da-f]+|(?<=^[-+]?0)o[0-7]+)$/i.exec(source ?? '')?.[1]
  if (digits === undefined) return true
  if (!Number.isFinite(value)) return false
  return BigInt(/^[xo]/i.test(digits) ? `0${digits}` : digits) === BigInt(Math.abs(value))
}

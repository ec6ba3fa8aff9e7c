import { WaypostError } from '@waypost/core'
import { type ConfigObject, type ConfigValue, isConfigObject } from '../config-value.ts'
import type { Locator } from '../documents/config-document.ts'
import type { JsonPath } from '../documents/json-document.ts'
import type { ConfigProblem } from '../problem.ts'
import { isCipher } from '../secrets/cipher.ts'
import { type Redactor, redacted } from '../secrets/redactor.ts'
import { referencesOf } from './placeholder-syntax.ts'
import type { ResolvedConfig } from './resolve.ts'
import type { LayerKind } from './slot.ts'
import type { LayerDocument } from './walk.ts'

/** A place that sets a key. */
export interface Origin {
  /** The document's path, or the environment variable's name. */
  readonly path: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
  /** The revision at which the document was last written. */
  readonly revision: bigint
  /** The document's release; `undefined` when none is known for its text, as with a canary. */
  readonly release: number | undefined
  /** The canary that stands in the document's place. */
  readonly canary: string | undefined
  readonly layer: LayerKind
  /** As it is written there, placeholders included; `[secret]` for what is encrypted. */
  readonly value: ConfigValue
}

/** Where a value comes from. */
export interface Explanation extends Origin {
  /** The key, dotted. */
  readonly key: string
  /** The value in the end; secrets as `[secret]`. */
  readonly resolved: unknown
  /** The keys and variables that its placeholders name: `db.host`, `env:HOME`. */
  readonly references: readonly string[]
  /** What the layers below say of the same key, the nearest first. For a mapping, these add to it. */
  readonly below: readonly Origin[]
}

/** `database.pool.max`, or its parts as a list when one of them contains a dot. */
export type KeyPath = string | readonly (string | number)[]

/** Explains keys of one configuration. Each document is parsed again once, however many keys are asked for. */
export class Explainer {
  readonly #config: ResolvedConfig
  readonly #locatorOf = rememberedLocators()

  constructor(config: ResolvedConfig) {
    this.#config = config
  }

  /** `undefined` for a key that no document sets. */
  explain(keyPath: KeyPath): Explanation | undefined {
    const path = parseKeyPath(keyPath)
    const { value, redactor } = this.#config
    const resolved = redactor.value(get(value, path)?.value, path)
    return this.#explain(path, resolved, new Set())
  }

  /** Every key that has a value and no keys below it, in the order of the configuration. */
  explainAll(): Explanation[] {
    return [...leavesOf(this.#config.value, [])].flatMap((path) => this.explain(path) ?? [])
  }

  #explain(path: JsonPath, resolved: unknown, seen: Set<string>): Explanation | undefined {
    const [first, ...below] = this.#origins(path)
    if (first) {
      const references =
        typeof first.value === 'string'
          ? referencesOf(first.value).map(({ kind, name }) => (kind === 'env' ? `env:${name}` : name))
          : []
      return { ...first, key: path.join('.'), resolved, references, below }
    }
    // The key may lie in a mapping that a placeholder took over from elsewhere.
    for (let length = path.length - 1; length > 0; length--) {
      const [holder] = this.#origins(path.slice(0, length))
      if (holder === undefined) continue
      const [reference] = typeof holder.value === 'string' ? referencesOf(holder.value) : []
      if (reference?.kind !== 'key' || reference.source !== holder.value || seen.has(reference.source)) return undefined
      const elsewhere = [...reference.name.split('.'), ...path.slice(length)]
      const found = this.#explain(elsewhere, resolved, seen.add(reference.source))
      return found && { ...found, key: path.join('.'), references: [elsewhere.join('.')] }
    }
    return undefined
  }

  /** The places that set a key, the one that counts first. */
  #origins(path: JsonPath): readonly Origin[] {
    return originsOf(this.#config.layers, path, this.#config.redactor, this.#locatorOf)
  }
}

/**
 * Makes problems with keys, each at the place that sets its key. A missing key has no place of its own: it is reported
 * at the nearest part above that has one. Each document is parsed again once, however many problems there are.
 */
export function problemPlacer(layers: readonly LayerDocument[]): (keys: JsonPath, reason: string) => ConfigProblem {
  const locatorOf = rememberedLocators()
  return (keys, reason) => {
    const keyPath = keys.length === 0 ? undefined : keys.join('.')
    let origin: Origin | undefined
    for (let length = keys.length; length > 0 && origin === undefined; length--) {
      origin = originsOf(layers, keys.slice(0, length), undefined, locatorOf)[0]
    }
    const documents = layers.filter(({ kind }) => kind !== 'environment').map(({ path }) => path)
    const place = origin ? `${origin.path}:${origin.line}:${origin.column}` : documents.join(', ')
    return Object.freeze({
      code: 'invalid-document',
      message: `${place}: ${keyPath === undefined ? '' : `${keyPath}: `}${reason}`,
      path: origin?.path,
      line: origin?.line,
      column: origin?.column,
      keyPath,
    })
  }
}

function rememberedLocators(): (layer: LayerDocument) => Locator {
  const locators = new Map<LayerDocument, Locator>()
  return (layer) => {
    const known = locators.get(layer)
    if (known) return known
    const locator = layer.document.locator()
    locators.set(layer, locator)
    return locator
  }
}

function originsOf(
  layers: readonly LayerDocument[],
  path: JsonPath,
  redactor: Redactor | undefined,
  locatorOf: (layer: LayerDocument) => Locator,
): readonly Origin[] {
  let found: { readonly layer: LayerDocument; readonly value: ConfigValue }[] = []
  for (const layer of layers) {
    const result = find(layer.document.value, path)
    if (result === 'replaced') found = []
    else if (result !== undefined) found.unshift({ layer, value: result.value })
  }
  return found.map(({ layer, value }) => {
    const { document, revision, release, canary, kind } = layer
    const shown = withoutCiphers(kind === 'environment' && redactor?.isSecret(path) ? redacted : value)
    return {
      path: document.path,
      ...locatorOf(layer)(path),
      revision,
      release,
      canary,
      layer: kind,
      value: shown,
    }
  })
}

export function parseKeyPath(keyPath: KeyPath): JsonPath {
  const path = typeof keyPath === 'string' ? keyPath.split('.') : keyPath
  if (path.length === 0 || path.includes('')) {
    throw new WaypostError('invalid-argument', `The key ${JSON.stringify(keyPath)} is empty or has an empty part.`)
  }
  return path
}

/** The value at a key; `undefined` when there is none. */
export function get(root: ConfigValue, path: JsonPath): { readonly value: ConfigValue } | undefined {
  let value = root
  for (const step of path) {
    const child = childOf(value, step)
    if (child === undefined) return undefined
    value = child.value
  }
  return { value }
}

/** `replaced`: the document puts something else where the path leads through, which hides the layers below. */
function find(root: ConfigObject, path: JsonPath): { readonly value: ConfigValue } | 'replaced' | undefined {
  let value: ConfigValue = root
  for (const step of path) {
    const child = childOf(value, step)
    if (child === undefined) return isConfigObject(value) ? undefined : 'replaced'
    value = child.value
  }
  return { value }
}

function childOf(value: ConfigValue, step: string | number): { readonly value: ConfigValue } | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
  if (Array.isArray(value) && !/^\d+$/.test(String(step))) return undefined
  return { value: Reflect.get(value, step) }
}

function* leavesOf(value: ConfigValue, path: JsonPath): Generator<JsonPath> {
  const children = typeof value === 'object' && value !== null ? Object.entries(value) : []
  if (children.length === 0 && path.length > 0) yield path
  for (const [key, child] of children) yield* leavesOf(child, [...path, key])
}

function withoutCiphers(value: ConfigValue): ConfigValue {
  if (isCipher(value)) return redacted
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(withoutCiphers)
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, withoutCiphers(child)]))
}

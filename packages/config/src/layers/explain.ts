import { invalidArgument } from '@waypost/core'
import type { ConfigValue } from '../config-value.ts'
import type { JsonPath } from '../documents/json-path.ts'
import { keySteps } from '../documents/key-steps.ts'
import { get, type Origin, originsOf, rememberedLocators } from './origins.ts'
import { referencesOf } from './placeholder-syntax.ts'
import type { ResolvedConfig } from './resolve.ts'

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

/** `database.pool.max`, `promos[0].client`, `hosts[db.local].port`, or its parts as a list. */
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
    const found = get(value, path)
    // A document may set it below a list that another one replaced.
    if (found === undefined) return undefined
    const resolved = redactor.value(found.value, path)
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
      const elsewhere = [...(keySteps(reference.name) ?? []), ...path.slice(length)]
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

export function parseKeyPath(keyPath: KeyPath): JsonPath {
  const path = typeof keyPath === 'string' ? keySteps(keyPath) : keyPath
  if (path !== undefined && path.length > 0 && !path.includes('')) return path
  throw invalidArgument(`The key ${JSON.stringify(keyPath)} is empty, has an empty part or an open bracket.`)
}

function* leavesOf(value: ConfigValue, path: JsonPath): Generator<JsonPath> {
  const children = typeof value === 'object' && value !== null ? Object.entries(value) : []
  if (children.length === 0 && path.length > 0) yield path
  for (const [key, child] of children) yield* leavesOf(child, [...path, key])
}

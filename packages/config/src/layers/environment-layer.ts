import { WaypostError } from '@waypost/core'
import { type ConfigObject, type ConfigValue, isConfigObject, setOwn } from '../config-value.ts'
import type { JsonPath } from '../documents/json-path.ts'
import { childAt } from '../documents/key-steps.ts'
import { scalarOfText } from '../documents/scalar-text.ts'
import type { Variables } from '../identity.ts'

export interface EnvironmentOverrides {
  /** Which variables count: those that begin with it. For example `ORDER_`. */
  readonly prefix: string
  /** Default: the process's environment. */
  readonly env?: Variables | undefined
}

/** A key that a variable sets. */
export interface Override {
  readonly variable: string
  readonly path: JsonPath
  readonly value: ConfigValue
}

/**
 * The keys that variables set over a configuration: `ORDER_DATABASE__POOL_SIZE=20` with the prefix `ORDER_` sets
 * `database.poolSize`. Two underscores separate levels. A part means the key of the same letters, whatever its case,
 * dashes and underscores; when there is none, the key in camel case. A number means an item of a list, unless a mapping
 * lies below: `ORDER_HOSTS__0=a` sets `hosts[0]`, and the variables of a list together replace the whole list. The value is JSON when it is a JSON object or
 * list, else what `scalarOfText` makes of it; it is never read for placeholders. Later names, in alphabetical order,
 * lie over earlier ones.
 */
export function overridesOf(below: ConfigObject, { prefix, env = process.env }: EnvironmentOverrides): Override[] {
  if (prefix === '') throw new WaypostError('invalid-argument', 'The prefix of the overrides must not be empty.')
  return Object.keys(env)
    .filter((name) => name.startsWith(prefix) && name.length > prefix.length && env[name] !== undefined)
    .sort()
    .flatMap((variable) => {
      const parts = variable.slice(prefix.length).split('__')
      if (parts.includes('')) return []
      return { variable, path: pathOf(parts, below), value: readVariable(env[variable] ?? '') }
    })
}

/** The keys as one object, to lie over the others. Items of a list make the whole list. */
export function overrideLayer(overrides: readonly Override[]): ConfigObject {
  const root: ConfigObject = {}
  for (const { path, value } of overrides) {
    let target: ConfigObject | ConfigValue[] = root
    for (const [index, step] of path.slice(0, -1).entries()) {
      const child: unknown = childAt(target, step)
      if (isConfigObject(child) || Array.isArray(child)) target = child
      else {
        const made: ConfigObject | ConfigValue[] = typeof path[index + 1] === 'number' ? [] : {}
        setOwn(target, String(step), made)
        target = made
      }
    }
    setOwn(target, String(path.at(-1)), value)
  }
  return root
}

/** One key as an object, for showing where it comes from: the item of a list stands under its number. */
export function overrideOrigin({ variable, path, value }: Override): ConfigObject {
  return overrideLayer([{ variable, path: path.map(String), value }])
}

/** The lists that variables set without one of their items. */
export function listFaults(
  overrides: readonly Override[],
): readonly { readonly path: JsonPath; readonly reason: string }[] {
  const lists = new Map<string, { readonly path: JsonPath; readonly variable: string; readonly items: Set<number> }>()
  for (const { variable, path } of overrides) {
    for (const [index, step] of path.entries()) {
      if (typeof step !== 'number') continue
      const list = path.slice(0, index)
      const id = JSON.stringify(list)
      const known = lists.get(id) ?? { path: list, variable, items: new Set() }
      lists.set(id, known)
      known.items.add(step)
    }
  }
  return [...lists.values()].flatMap(({ path, variable, items }) => {
    const missing = [...Array(items.size).keys()].find((index) => !items.has(index))
    if (missing === undefined) return []
    const reason = `${variable} sets an item of this list, and no variable sets item ${missing}: the variables must set the whole list.`
    return [{ path, reason }]
  })
}

/** A number is an item of a list, unless a mapping lies below. */
function pathOf(parts: readonly string[], below: ConfigObject): JsonPath {
  let level: ConfigValue | undefined = below
  return parts.map((part) => {
    if (/^\d{1,15}$/.test(part) && !isConfigObject(level)) {
      level = childAt(level, part) as ConfigValue | undefined
      return Number(part)
    }
    const keys: readonly string[] = isConfigObject(level) ? Object.keys(level) : []
    const key = keys.find((each) => lettersOf(each) === lettersOf(part)) ?? camelCase(part)
    level = isConfigObject(level) && Object.hasOwn(level, key) ? level[key] : undefined
    return key
  })
}

function lettersOf(name: string): string {
  return name.replace(/[-_]/g, '').toLowerCase()
}

function camelCase(name: string): string {
  return name.toLowerCase().replace(/_+([^_])/g, (_, letter: string) => letter.toUpperCase())
}

function readVariable(text: string): ConfigValue {
  if (/^\s*[[{]/.test(text)) {
    try {
      return literal(JSON.parse(text))
    } catch {
      return escaped(text)
    }
  }
  const value = scalarOfText(text)
  return typeof value === 'string' ? escaped(value) : value
}

function literal(value: ConfigValue): ConfigValue {
  if (typeof value === 'string') return escaped(value)
  if (Array.isArray(value)) return value.map(literal)
  if (!isConfigObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, literal(child)]))
}

function escaped(text: string): string {
  return text.replaceAll('${', () => '$${')
}

import { invalidArgument, maxNestingDepth, quoted } from '@waypost/core'

/** Checks of single values that people and programs give. All throw `invalid-argument`. */
export function checkText(what: string, value: unknown): void {
  if (value !== undefined && (typeof value !== 'string' || value === '' || /\p{Cc}|\p{Cs}/u.test(value))) {
    throw invalidArgument(`The ${what} must be a non-empty string without control characters, not ${quoted(value)}.`)
  }
}

/** Names are key segments: `/services/<service>/<id>`. */
export function checkName(what: 'service' | 'id', name: unknown): asserts name is string {
  if (typeof name !== 'string' || name === '') throw invalidArgument(`The ${what} must be a non-empty string.`)
  if (name.includes('/'))
    throw invalidArgument(`The ${what} ${quoted(name)} contains a slash, which separates parts of the key.`)
  if (/\p{Cc}|\p{Cs}/u.test(name)) throw invalidArgument(`The ${what} ${quoted(name)} contains a control character.`)
  if (name.trim() !== name) throw invalidArgument(`The ${what} ${quoted(name)} begins or ends with a space.`)
  if (name.length > 255) throw invalidArgument(`The ${what} ${quoted(name)} is longer than 255 characters.`)
}

export function checkWeight(weight: unknown): void {
  if (weight !== undefined && !(typeof weight === 'number' && Number.isFinite(weight) && weight >= 0)) {
    throw invalidArgument(`The weight must be a number of 0 or more, not ${quoted(weight)}.`)
  }
}

/** Checks numbers by the names of their options; those that are not given are left out. */
export function checkNotNegative(options: Readonly<Record<string, number | undefined>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && !(value >= 0))
      throw invalidArgument(`${name} must be a number of 0 or more, not ${quoted(value)}.`)
  }
}

/** What JSON would drop or change silently is refused. */
export function checkJson(path: string, value: unknown, depth = 0): void {
  if (depth > maxNestingDepth) throw invalidArgument(`The value of ${path} is nested too deeply, or contains itself.`)
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) return
  if (typeof value !== 'object') throw invalidArgument(`The value of ${path} is not JSON: ${quoted(value)}.`)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) {
    throw invalidArgument(`The value of ${path} is not plain JSON: it is an instance of a class.`)
  }
  for (const [key, child] of Object.entries(value)) checkJson(`${path}.${key}`, child, depth + 1)
}

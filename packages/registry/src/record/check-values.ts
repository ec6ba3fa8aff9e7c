import { WaypostError } from '@waypost/core'

/** Checks of single values that people and programs give. All throw `invalid-argument`. */
export function checkText(what: string, value: unknown): void {
  if (value !== undefined && (typeof value !== 'string' || value === '' || /\p{Cc}|\p{Cs}/u.test(value))) {
    throw invalid(`The ${what} must be a non-empty string without control characters, not ${quote(value)}.`)
  }
}

/** Names are key segments: `/services/<service>/<id>`. */
export function checkName(what: 'service' | 'id', name: unknown): asserts name is string {
  if (typeof name !== 'string' || name === '') throw invalid(`The ${what} must be a non-empty string.`)
  if (name.includes('/'))
    throw invalid(`The ${what} ${quote(name)} contains a slash, which separates parts of the key.`)
  if (/\p{Cc}|\p{Cs}/u.test(name)) throw invalid(`The ${what} ${quote(name)} contains a control character.`)
  if (name.trim() !== name) throw invalid(`The ${what} ${quote(name)} begins or ends with a space.`)
  if (name.length > 255) throw invalid(`The ${what} ${quote(name)} is longer than 255 characters.`)
}

export function checkWeight(weight: unknown): void {
  if (weight !== undefined && !(typeof weight === 'number' && Number.isFinite(weight) && weight >= 0)) {
    throw invalid(`The weight must be a number of 0 or more, not ${quote(weight)}.`)
  }
}

/** Checks numbers by the names of their options; those that are not given are left out. */
export function checkNotNegative(options: Readonly<Record<string, number | undefined>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && !(value >= 0))
      throw invalid(`${name} must be a number of 0 or more, not ${quote(value)}.`)
  }
}

/** What JSON would drop or change silently is refused. */
export function checkJson(path: string, value: unknown, depth = 0): void {
  if (depth > 32) throw invalid(`The value of ${path} is nested too deeply, or contains itself.`)
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) return
  if (typeof value !== 'object') throw invalid(`The value of ${path} is not JSON: ${quote(value)}.`)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) {
    throw invalid(`The value of ${path} is not plain JSON: it is an instance of a class.`)
  }
  for (const [key, child] of Object.entries(value)) checkJson(`${path}.${key}`, child, depth + 1)
}

export function quote(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return text.length <= 80 ? text : `${text.slice(0, 80)}…`
}

export function invalid(message: string): WaypostError {
  return new WaypostError('invalid-argument', message)
}

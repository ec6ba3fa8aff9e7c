import { quoted } from '@waypost/core'

/** The longest record in bytes. Far more than an instance needs, far less than what makes every view slow. */
export const maxRecordBytes = 64 * 1024
/** The largest weight: that of DNS SRV records (RFC 2782). With it, one instance can outweigh the others, not end them. */
export const maxWeight = 65_535
export const maxTags = 100
export const maxMetadataDepth = 32
const maxTextLength = 255

/** Schemes that make whoever opens the address run or show what the address itself contains. */
const unsafeSchemes: ReadonlySet<string> = new Set(['javascript', 'vbscript', 'data', 'blob', 'file', 'about'])

/*
 * Each function returns what is wrong with a value, as a sentence, and `undefined` when it is right. Registering refuses
 * such a value; whoever reads a record that somebody else wrote ignores and reports it.
 */

export function textProblem(what: string, value: unknown): string | undefined {
  if (typeof value === 'string' && value !== '' && value.length <= maxTextLength && !hasControl(value)) return undefined
  const expected = `a non-empty string of at most ${maxTextLength} characters, without control characters`
  return `The ${what} must be ${expected}, not ${quoted(value)}.`
}

export function schemeProblem(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/^[a-z][a-z0-9+.-]{0,31}$/i.test(value)) {
    return `The scheme must be a word such as http or grpc, of at most 32 characters, not ${quoted(value)}.`
  }
  return unsafeSchemes.has(value.toLowerCase())
    ? `The scheme must name a network protocol such as http or grpc, not ${quoted(value)}.`
    : undefined
}

export function weightProblem(value: unknown): string | undefined {
  if (typeof value === 'number' && value >= 0 && value <= maxWeight) return undefined
  return `The weight must be a number from 0 to ${maxWeight}, not ${quoted(value)}.`
}

export function tagsProblem(value: unknown): string | undefined {
  if (!Array.isArray(value)) return `The tags must be a list of strings, not ${quoted(value)}.`
  if (value.length > maxTags) return `There can be at most ${maxTags} tags, not ${value.length}.`
  const wrong: unknown = value.find((tag) => textProblem('tag', tag) !== undefined)
  return wrong === undefined && !value.includes(undefined) ? undefined : textProblem('tag', wrong)
}

/** Names are segments of keys: `/services/<service>/<id>`. */
export function nameProblem(what: 'service' | 'id', name: unknown): string | undefined {
  if (typeof name !== 'string' || name === '') return `The ${what} must be a non-empty string.`
  if (name.includes('/')) return `The ${what} ${quoted(name)} contains a slash, which separates parts of the key.`
  if (hasControl(name)) return `The ${what} ${quoted(name)} contains a control character.`
  if (name.trim() !== name) return `The ${what} ${quoted(name)} begins or ends with a space.`
  if (name.length > maxTextLength) return `The ${what} ${quoted(name)} is longer than ${maxTextLength} characters.`
  return undefined
}

export function isTooDeep(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return false
  return depth >= maxMetadataDepth || Object.values(value).some((child) => isTooDeep(child, depth + 1))
}

function hasControl(text: string): boolean {
  return /\p{Cc}|\p{Cs}/u.test(text)
}

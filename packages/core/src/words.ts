/** `a`, `a or b`, `a, b or c`. */
export function orList(words: readonly string[]): string {
  return list(words, 'or')
}

/** `a`, `a and b`, `a, b and c`. */
export function andList(words: readonly string[]): string {
  return list(words, 'and')
}

function list(words: readonly string[], conjunction: string): string {
  if (words.length < 2) return words.join()
  return `${words.slice(0, -1).join(', ')} ${conjunction} ${words.at(-1)}`
}

const maxQuotedLength = 80

/** A value for a message: strings in quotes, cut after 80 characters, without control characters. */
export function quoted(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : printed(value)
  return text.length <= maxQuotedLength ? text : `${text.slice(0, maxQuotedLength)}…`
}

function printed(value: unknown): string {
  try {
    return String(value)
  } catch {
    // An object without a usable toString().
    return Object.prototype.toString.call(value)
  }
}

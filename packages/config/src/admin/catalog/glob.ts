import { invalidArgument } from '@waypost/core'

/**
 * Matches paths as shells and `.gitignore` do: `*` is anything within one part, `?` one character of it, `**` any number
 * of parts. `order/**` is everything below `order/`, `**` everything. Costs the product of the two lengths, whatever
 * the pattern.
 */
export class Glob {
  readonly #tokens: readonly Token[]
  /** What every path that matches begins with. */
  readonly prefix: string

  constructor(pattern: string) {
    if (pattern === '' || pattern.length > maxLength) {
      throw invalidArgument(`A pattern has 1 to ${maxLength} characters, such as order/** or **/*.yaml.`)
    }
    this.#tokens = tokensOf(pattern)
    this.prefix = /^[^*?]*/.exec(pattern)?.[0] ?? ''
  }

  matches(path: string): boolean {
    // All places in the pattern that the part of the path so far may lead to.
    let places = this.#skipEmpty(new Set([0]))
    for (const character of path) {
      const next = new Set<number>()
      for (const place of places) {
        const token = this.#tokens[place]
        if (token === undefined) continue
        if (token.repeats && (token.crossesSlash || character !== '/')) next.add(place)
        if (!token.repeats && (token.character === undefined ? character !== '/' : token.character === character)) {
          next.add(place + 1)
        }
      }
      places = this.#skipEmpty(next)
      if (places.size === 0) return false
    }
    return places.has(this.#tokens.length)
  }

  /** What repeats may also stand for nothing. */
  #skipEmpty(places: Set<number>): Set<number> {
    for (const place of places) if (this.#tokens[place]?.repeats) places.add(place + 1)
    return places
  }
}

const maxLength = 1_024

interface Token {
  /** Absent: any. */
  readonly character: string | undefined
  readonly repeats: boolean
  readonly crossesSlash: boolean
}

function tokensOf(pattern: string): readonly Token[] {
  const parts = pattern.match(/\*\*\/|\*+|[\s\S]/gu) ?? []
  return parts.map((part) => ({
    character: part.startsWith('*') || part === '?' ? undefined : part,
    repeats: part.startsWith('*'),
    crossesSlash: part.startsWith('**'),
  }))
}

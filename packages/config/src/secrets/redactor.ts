import type { JsonPath } from '../documents/json-path.ts'

/** The text in the place of a secret. */
export const redacted = '[secret]'

/** A text this short is taken out only where it stands alone: in a longer one it would match by chance. */
const minPartLength = 4

/** Keeps the secrets of one configuration out of whatever people are shown. */
export class Redactor {
  readonly #secrets: ReadonlySet<string>
  readonly #paths: ReadonlySet<string>
  readonly #parts: readonly string[]

  /**
   * @param secrets the decrypted texts, and texts that contain one
   * @param paths the keys that hold them
   */
  constructor(secrets: ReadonlySet<string>, paths: readonly JsonPath[]) {
    this.#secrets = secrets
    this.#paths = new Set(paths.map(idOf))
    const parts = new Set<string>()
    for (const secret of secrets) {
      if (secret.length < minPartLength) continue
      parts.add(secret)
      // As it stands in a message that quotes a value as JSON.
      parts.add(JSON.stringify(secret).slice(1, -1))
    }
    this.#parts = [...parts].sort((a, b) => b.length - a.length)
  }

  /** Whether there is nothing to hide. */
  get isEmpty(): boolean {
    return this.#secrets.size === 0 && this.#paths.size === 0
  }

  /** Whether a key, or one that it lies in, is secret as a whole. */
  isSecret(path: JsonPath): boolean {
    return this.#paths.size > 0 && path.some((_, index) => this.#paths.has(idOf(path.slice(0, index + 1))))
  }

  /** A text without any secret. */
  text(text: string): string {
    if (this.#secrets.has(text)) return redacted
    let result = text
    for (const part of this.#parts) result = result.replaceAll(part, redacted)
    return result
  }

  /** A copy of a value at a key, without any secret. What holds none is returned as it is. */
  value(value: unknown, path: JsonPath): unknown {
    if (this.isEmpty) return value
    if (this.isSecret(path)) return redacted
    if (typeof value === 'string') return this.text(value)
    if (Array.isArray(value)) return value.map((item, index) => this.value(item, [...path, index]))
    if (typeof value !== 'object' || value === null || !isPlain(value)) return value
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, this.value(child, [...path, key])]))
  }
}

function idOf(path: JsonPath): string {
  return JSON.stringify(path.map(String))
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

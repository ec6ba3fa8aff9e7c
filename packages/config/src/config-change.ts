import type { KeyValue } from '@waypost/client'
import { documentText } from './documents/document-text.ts'

/** What happened to one path. */
export class ConfigChange {
  readonly type: 'set' | 'deleted'
  readonly path: string
  /** The store's revision of the change. */
  readonly revision: bigint
  readonly #current: KeyValue | undefined
  readonly #previous: KeyValue | undefined

  /** @internal Made by `ConfigWatch`. */
  constructor(path: string, revision: bigint, current: KeyValue | undefined, previous: KeyValue | undefined) {
    this.type = current === undefined ? 'deleted' : 'set'
    this.path = path
    this.revision = revision
    this.#current = current
    this.#previous = previous
  }

  /** The text, as `get` returns it. Absent when it was deleted. Throws `invalid-document` when it is not UTF-8. */
  get value(): string | undefined {
    return this.#current && documentText(this.path, this.#current.bytes)
  }

  /** The bytes, as `getBytes` returns them. Absent when it was deleted. */
  get bytes(): Uint8Array | undefined {
    return this.#current?.bytes
  }

  /** The text that the consumer saw last. Absent when the path is new. Throws as `value` does. */
  get previous(): string | undefined {
    return this.#previous && documentText(this.path, this.#previous.bytes)
  }

  /** The bytes that the consumer saw last. Absent when the path is new. */
  get previousBytes(): Uint8Array | undefined {
    return this.#previous?.bytes
  }

  /** @internal This change and a later one of the same path as one; `undefined` when nothing is left of both. */
  followedBy(next: ConfigChange): ConfigChange | undefined {
    if (this.#previous === undefined && next.#current === undefined) return undefined
    return new ConfigChange(next.path, next.revision, next.#current, this.#previous)
  }
}

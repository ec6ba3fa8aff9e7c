import { WaypostError } from '@waypost/core'
import type { ConfigValue } from '../config-value.ts'
import type { JsonPath } from '../documents/json-path.ts'

/** Stands for a secret that cannot be decrypted. A template that writes it fails: half a secret is in no file. */
export class EncryptedText {
  /** The document and the key. */
  readonly where: string

  constructor(where: string) {
    this.where = where
  }

  toString(): never {
    throw this.#error()
  }

  toJSON(): never {
    throw this.#error()
  }

  #error(): WaypostError {
    return new WaypostError(
      'failed-precondition',
      `${this.where} is encrypted, and no key was given: set WAYPOST_CONFIG_KEYS, or give a keyring.`,
    )
  }
}

/** A copy of a value in which the secrets at these keys cannot be written. */
export function withoutSecrets(value: ConfigValue, secrets: readonly JsonPath[], name: string): unknown {
  const ids = new Set(secrets.map(idOf))
  return ids.size === 0 ? value : copy(value, [], ids, name)
}

/** A value on its way to a thread: what cannot be cloned is taken out, and listed. */
export interface ClonedValue {
  readonly value: unknown
  readonly encrypted: readonly { readonly path: readonly string[]; readonly where: string }[]
}

export function toClone(value: unknown): ClonedValue {
  const encrypted: { path: readonly string[]; where: string }[] = []
  const visit = (part: unknown, path: readonly string[]): unknown => {
    if (part instanceof EncryptedText) {
      encrypted.push({ path, where: part.where })
      return null
    }
    if (typeof part !== 'object' || part === null) return part
    if (Array.isArray(part)) return part.map((item, index) => visit(item, [...path, String(index)]))
    return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, visit(item, [...path, key])]))
  }
  return { value: visit(value, []), encrypted }
}

export function fromClone({ value, encrypted }: ClonedValue): unknown {
  for (const { path, where } of encrypted) {
    let holder: unknown = value
    for (const step of path.slice(0, -1)) {
      holder = typeof holder === 'object' && holder !== null ? Reflect.get(holder, step) : undefined
    }
    const last = path.at(-1)
    if (last === undefined) return new EncryptedText(where)
    if (typeof holder === 'object' && holder !== null) Reflect.set(holder, last, new EncryptedText(where))
  }
  return value
}

function copy(value: ConfigValue, path: JsonPath, secrets: ReadonlySet<string>, name: string): unknown {
  if (secrets.has(idOf(path))) return new EncryptedText(`${name}: ${path.join('.')}`)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item, index) => copy(item, [...path, index], secrets, name))
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, copy(item, [...path, key], secrets, name)]),
  )
}

function idOf(path: JsonPath): string {
  return JSON.stringify(path.map(String))
}

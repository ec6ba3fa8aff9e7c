import { messageOf } from '@waypost/core'
import { type ConfigObject, isConfigObject } from '../config-value.ts'

/** A record that was read from the store, or why it could not be. Others write there too: nothing is thrown. */
export type ParsedRecord<T> =
  | { readonly record: T; readonly damage?: undefined }
  | { readonly record?: undefined; readonly damage: string }

/** Reads a JSON object with `read`, which throws through `FieldReader` what is wrong with it. */
export function parseRecord<T>(bytes: Uint8Array, read: (fields: FieldReader) => T): ParsedRecord<T> {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    return { record: read(FieldReader.of(value)) }
  } catch (error) {
    return { damage: messageOf(error) }
  }
}

/** Takes fields out of a JSON object and says in a sentence which one is wrong. */
export class FieldReader {
  readonly #object: ConfigObject
  readonly #place: string

  private constructor(object: ConfigObject, place: string) {
    this.#object = object
    this.#place = place
  }

  static of(value: unknown, place = ''): FieldReader {
    if (isConfigObject(value)) return new FieldReader(value, place)
    throw new Error(`${place === '' ? 'It' : `"${place}"`} is not a JSON object`)
  }

  string(name: string): string {
    return this.optionalString(name) ?? this.#fail(name, 'text')
  }

  optionalString(name: string): string | undefined {
    const value = this.#get(name)
    return value === undefined || typeof value === 'string' ? value : this.#fail(name, 'text')
  }

  /** A whole number from 0. */
  count(name: string): number {
    return this.optionalCount(name) ?? this.#fail(name, 'a whole number')
  }

  optionalCount(name: string): number | undefined {
    const value = this.#get(name)
    if (value === undefined) return undefined
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
      ? value
      : this.#fail(name, 'a whole number')
  }

  optionalNumber(name: string): number | undefined {
    const value = this.#get(name)
    return value === undefined || (typeof value === 'number' && Number.isFinite(value))
      ? value
      : this.#fail(name, 'a number')
  }

  /** A revision: decimal text, as JSON's numbers are not exact beyond 2^53; a number is taken too. */
  revision(name: string): bigint {
    const value = this.#get(name)
    if (typeof value === 'string' && /^\d{1,19}$/.test(value)) return BigInt(value)
    return BigInt(this.count(name))
  }

  oneOf<const T extends string>(name: string, choices: readonly T[]): T {
    const value = this.#get(name)
    return choices.find((choice) => choice === value) ?? this.#fail(name, `one of ${choices.join(', ')}`)
  }

  optionalBoolean(name: string): boolean | undefined {
    const value = this.#get(name)
    return value === undefined || typeof value === 'boolean' ? value : this.#fail(name, 'true or false')
  }

  optionalStrings(name: string): readonly string[] | undefined {
    return this.#optionalList(name, (item) => (typeof item === 'string' ? item : this.#fail(name, 'a list of texts')))
  }

  objects<T>(name: string, read: (fields: FieldReader) => T): readonly T[] {
    const list = this.#optionalList(name, (item, index) => read(FieldReader.of(item, this.#path(`${name}[${index}]`))))
    return list ?? this.#fail(name, 'a list')
  }

  optionalObject<T>(name: string, read: (fields: FieldReader) => T): T | undefined {
    const value = this.#get(name)
    return value === undefined ? undefined : read(FieldReader.of(value, this.#path(name)))
  }

  /** Any JSON object, for the caller to make sense of. */
  optionalMapping(name: string): ConfigObject | undefined {
    const value = this.#get(name)
    return value === undefined || isConfigObject(value) ? value : this.#fail(name, 'an object')
  }

  /** A mapping of text to text. */
  optionalTexts(name: string): Readonly<Record<string, string>> | undefined {
    const mapping = this.optionalMapping(name)
    if (mapping === undefined) return undefined
    return Object.fromEntries(
      Object.entries(mapping).map(([key, value]) => [
        key,
        typeof value === 'string' ? value : this.#fail(name, 'texts'),
      ]),
    )
  }

  /** A mapping of text to lists of texts; one text is a list of one. */
  optionalLists(name: string): Readonly<Record<string, readonly string[]>> | undefined {
    return this.optionalObject(name, (fields) =>
      Object.fromEntries(
        Object.entries(fields.#object).map(([key, value]) => [
          key,
          typeof value === 'string' ? [value] : (fields.optionalStrings(key) ?? []),
        ]),
      ),
    )
  }

  #optionalList<T>(name: string, read: (item: unknown, index: number) => T): readonly T[] | undefined {
    const value = this.#get(name)
    if (value === undefined) return undefined
    return Array.isArray(value) ? value.map(read) : this.#fail(name, 'a list')
  }

  #get(name: string): ConfigObject[string] | undefined {
    const value = Object.hasOwn(this.#object, name) ? this.#object[name] : undefined
    return value === null ? undefined : value
  }

  #path(name: string): string {
    return this.#place === '' ? name : `${this.#place}.${name}`
  }

  #fail(name: string, expected: string): never {
    throw new Error(`"${this.#path(name)}" is not ${expected}`)
  }
}

/** A record that cannot be read. It is reported, and stops nothing else. */
export interface DamagedRecord {
  readonly key: string
  readonly reason: string
}

import { type ConfigObject, type ConfigValue, isConfigObject, setOwn } from '../config-value.ts'
import type { JsonPath } from '../documents/json-document.ts'
import { scalarOfText } from '../documents/scalar-text.ts'
import type { Variables } from '../identity.ts'
import { isCipher } from '../secrets/cipher.ts'
import { redacted } from '../secrets/redactor.ts'

export interface PlaceholderOptions {
  /** What `${env:NAME}` stands for. Without it, such a placeholder stays as it is and is listed in `unresolved`. */
  readonly env?: Variables | undefined
  /** What encrypted values say. One that is not in it is hidden and listed in `unresolved`. */
  readonly texts?: ReadonlyMap<string, string> | undefined
}

export interface PlaceholderProblem {
  readonly path: JsonPath
  readonly reason: string
}

export interface Filled {
  readonly value: ConfigObject
  readonly problems: readonly PlaceholderProblem[]
  /** The keys whose value is secret or contains a secret. */
  readonly secretPaths: readonly JsonPath[]
  /** Their texts, as far as they were decrypted. */
  readonly secrets: ReadonlySet<string>
  /** The keys whose value only the process itself can know. */
  readonly unresolved: readonly JsonPath[]
}

/**
 * Replaces `${key.of.another:default}` and `${env:NAME:default}` in all texts of a configuration, and encrypted values
 * by what they say. `$${` stands for `${`. A text that is one placeholder and nothing else takes the value that it
 * names, of whatever type; within a longer text, values become text. What a variable or a secret says is never read
 * for placeholders again.
 */
export function fillPlaceholders(root: ConfigObject, options: PlaceholderOptions = {}): Filled {
  if (!needsFilling(root)) {
    return { value: root, problems: [], secretPaths: [], secrets: new Set(), unresolved: [] }
  }
  return new Filler(root, options).run()
}

function needsFilling(value: ConfigValue): boolean {
  if (typeof value === 'string') return value.includes('${') || isCipher(value)
  return typeof value === 'object' && value !== null && Object.values(value).some(needsFilling)
}

interface Result {
  readonly value: ConfigValue
  readonly secret: boolean
  readonly unresolved: boolean
}

const known = { secret: false, unresolved: false } as const

class PlaceholderError extends Error {}

class Filler {
  readonly #root: ConfigObject
  readonly #options: PlaceholderOptions
  readonly #results = new Map<string, Result>()
  /** The keys that are being filled, to notice when one needs itself. */
  readonly #active: { readonly id: string; readonly name: string }[] = []
  readonly #problems = new Map<string, PlaceholderProblem>()
  readonly #secretPaths: JsonPath[] = []
  readonly #secrets = new Set<string>()
  readonly #unresolved: JsonPath[] = []

  constructor(root: ConfigObject, options: PlaceholderOptions) {
    this.#root = root
    this.#options = options
  }

  run(): Filled {
    const value: ConfigObject = {}
    for (const [key, child] of Object.entries(this.#root)) setOwn(value, key, this.#fill(child, [key]).value)
    this.#listMarks(value, this.#root, [])
    return {
      value,
      problems: [...this.#problems.values()],
      secretPaths: this.#secretPaths,
      secrets: this.#secrets,
      unresolved: this.#unresolved,
    }
  }

  #fill(value: ConfigValue, path: JsonPath): Result {
    if (typeof value === 'string') {
      if (!needsFilling(value)) return { value, ...known }
      return this.#remembered(path, () => this.#text(value))
    }
    if (typeof value !== 'object' || value === null) return { value, ...known }
    return this.#remembered(path, () => this.#collection(value, path))
  }

  #collection(value: readonly ConfigValue[] | ConfigObject, path: JsonPath): Result {
    let secret = false
    let unresolved = false
    const child = (item: ConfigValue, step: string | number): ConfigValue => {
      const result = this.#fill(item, [...path, step])
      secret ||= result.secret
      unresolved ||= result.unresolved
      return result.value
    }
    if (!isConfigObject(value)) return { value: value.map(child), secret, unresolved }
    const filled: ConfigObject = {}
    for (const [key, item] of Object.entries(value)) setOwn(filled, key, child(item, key))
    return { value: filled, secret, unresolved }
  }

  /** The result at a key, worked out once; needing it meanwhile is a circle. */
  #remembered(path: JsonPath, work: () => Result): Result {
    const id = JSON.stringify(path.map(String))
    const done = this.#results.get(id)
    if (done) return done
    const name = path.join('.')
    const start = this.#active.findIndex((each) => each.id === id)
    if (start !== -1) {
      const names = [...this.#active.slice(start).map((each) => each.name), name]
      throw new PlaceholderError(`Placeholders need each other in a circle: ${names.join(' → ')}.`)
    }
    this.#active.push({ id, name })
    let result: Result
    try {
      result = work()
    } catch (error) {
      if (!(error instanceof PlaceholderError)) throw error
      if (!this.#problems.has(id)) this.#problems.set(id, { path, reason: error.message })
      // The whole is refused; what needs this one is not reported too.
      result = { value: null, ...known }
    } finally {
      this.#active.pop()
    }
    this.#results.set(id, result)
    return result
  }

  #text(text: string): Result {
    if (isCipher(text)) {
      const plain = this.#options.texts?.get(text)
      if (plain === undefined) return { value: redacted, secret: true, unresolved: true }
      this.#secrets.add(plain)
      return { value: plain, secret: true, unresolved: false }
    }
    const parts = partsOf(text)
    const [only] = parts
    if (parts.length === 1 && only !== undefined && typeof only !== 'string') return this.#reference(only)
    let filled = ''
    let secret = false
    let unresolved = false
    for (const part of parts) {
      if (typeof part === 'string') filled += part
      else {
        const result = this.#reference(part)
        if (typeof result.value === 'object') {
          const what = result.value === null ? 'null' : Array.isArray(result.value) ? 'a list' : 'a mapping'
          throw new PlaceholderError(`\${${part.name}} is ${what}, which cannot be part of a text.`)
        }
        filled += String(result.value)
        secret ||= result.secret
        unresolved ||= result.unresolved
      }
    }
    if (secret) this.#secrets.add(filled)
    return { value: filled, secret, unresolved }
  }

  #reference(reference: Reference): Result {
    return reference.kind === 'env' ? this.#variable(reference) : this.#key(reference)
  }

  #variable({ name, fallback, source }: Reference): Result {
    const { env } = this.#options
    const text = env?.[name]
    if (text !== undefined) return { value: scalarOfText(text), ...known }
    if (fallback !== undefined) return { ...this.#fallback(fallback), unresolved: env === undefined }
    if (env === undefined) return { value: source, secret: false, unresolved: true }
    throw new PlaceholderError(`The environment variable ${name} is not set; ${source} has no default.`)
  }

  #key({ name, fallback, source }: Reference): Result {
    const steps = name.split('.')
    let value: ConfigValue | undefined = this.#root
    /** Of a placeholder that the key leads through: what lies below it is filled already. */
    let through: Result | undefined
    for (const [index, step] of steps.entries()) {
      if (through === undefined && typeof value === 'string' && needsFilling(value)) {
        through = this.#fill(value, steps.slice(0, index))
        value = through.value
      }
      const holds: boolean = typeof value === 'object' && value !== null && Object.hasOwn(value, step)
      value = holds && typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined
      if (value === undefined) break
    }
    if (value !== undefined) return through ? { ...through, value } : this.#fill(value, steps)
    if (fallback !== undefined) return this.#fallback(fallback)
    throw new PlaceholderError(`There is no key ${name}; ${source} has no default.`)
  }

  #fallback(text: string): Result {
    return text.includes('${') ? this.#text(text) : { value: scalarOfText(text), ...known }
  }

  /** Lists the keys that are secret or unresolved, down to the value itself. */
  #listMarks(value: ConfigValue, source: ConfigValue | undefined, path: JsonPath): void {
    const result = path.length === 0 ? undefined : this.#results.get(JSON.stringify(path.map(String)))
    if (result === undefined && path.length > 0) return
    if (typeof value === 'object' && value !== null && typeof source === 'object' && source !== null) {
      for (const [key, child] of Object.entries(value)) {
        this.#listMarks(child, Reflect.get(source, key) as ConfigValue | undefined, [...path, key])
      }
    } else {
      if (result?.secret) this.#secretPaths.push(path)
      if (result?.unresolved) this.#unresolved.push(path)
    }
  }
}

/** One placeholder. */
export interface Reference {
  readonly kind: 'key' | 'env'
  /** The key, dotted, or the variable. */
  readonly name: string
  /** What stands for it when it is not there; may hold placeholders itself. */
  readonly fallback: string | undefined
  /** As it is written. */
  readonly source: string
}

/** Text and placeholders in their order. */
function partsOf(text: string): (string | Reference)[] {
  const parts: (string | Reference)[] = []
  let plain = ''
  let at = 0
  while (at < text.length) {
    if (text.startsWith('$${', at)) {
      plain += '${'
      at += 3
    } else if (text.startsWith('${', at)) {
      const end = endOf(text, at)
      if (plain !== '') parts.push(plain)
      plain = ''
      parts.push(referenceOf(text.slice(at, end)))
      at = end
    } else {
      plain += text[at]
      at += 1
    }
  }
  if (plain !== '' || parts.length === 0) parts.push(plain)
  return parts
}

/** The placeholders of a text, for people; none when it is malformed. */
export function referencesOf(text: string): readonly Reference[] {
  try {
    return partsOf(text).filter((part) => typeof part !== 'string')
  } catch (error) {
    if (error instanceof PlaceholderError) return []
    throw error
  }
}

/** Behind the brace that closes the placeholder which begins at `start`. */
function endOf(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; at++) {
    if (text.startsWith('$${', at)) at += 2
    else if (text.startsWith('${', at)) {
      depth += 1
      at += 1
    } else if (text[at] === '}') {
      depth -= 1
      if (depth === 0) return at + 1
    }
  }
  throw new PlaceholderError('A placeholder ${ is not closed; write $${ for the text ${ itself.')
}

function referenceOf(source: string): Reference {
  const inner = source.slice(2, -1)
  const isEnv = inner.startsWith('env:')
  const rest = isEnv ? inner.slice(4) : inner
  const colon = rest.indexOf(':')
  const name = (colon === -1 ? rest : rest.slice(0, colon)).trim()
  const fallback = colon === -1 ? undefined : rest.slice(colon + 1)
  if (name.includes('${')) throw new PlaceholderError(`${source}: a name cannot hold another placeholder.`)
  if (name === '' || (!isEnv && name.split('.').includes(''))) {
    throw new PlaceholderError(`${source} names nothing; write $\${ for the text \${ itself.`)
  }
  return { kind: isEnv ? 'env' : 'key', name, fallback, source }
}

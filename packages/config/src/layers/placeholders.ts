import { type ConfigObject, type ConfigValue, isConfigObject, setOwn } from '../config-value.ts'
import { maxDocumentBytes } from '../documents/document-text.ts'
import type { JsonPath } from '../documents/json-path.ts'
import { childAt, keySteps } from '../documents/key-steps.ts'
import { scalarOfText } from '../documents/scalar-text.ts'
import type { Variables } from '../identity.ts'
import { isCipher } from '../secrets/cipher.ts'
import { redacted } from '../secrets/redactor.ts'
import { PlaceholderError, partsOf, type Reference } from './placeholder-syntax.ts'

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
  if (!needsFilling(root)) return nothingToFill(root)
  return new Filler(root, options).run()
}

function nothingToFill(value: ConfigObject): Filled {
  return { value, problems: [], secretPaths: [], secrets: new Set(), unresolved: [] }
}

/** The same with places between which other work may be done. */
export function* fillSteps(root: ConfigObject, options: PlaceholderOptions): Generator<void, Filled> {
  let isNeeded = false
  for (const value of Object.values(root)) {
    isNeeded ||= isConfigObject(value) ? yield* anyNeedsFilling(Object.values(value)) : needsFilling(value)
  }
  if (!isNeeded) return nothingToFill(root)
  const filler = new Filler(root, options)
  yield* filler.prepare()
  return filler.run()
}

function* anyNeedsFilling(values: readonly ConfigValue[]): Generator<void, boolean> {
  for (const value of values) {
    if (needsFilling(value)) return true
    yield
  }
  return false
}

function needsFilling(value: ConfigValue): boolean {
  if (typeof value === 'string') return value.includes('${') || isCipher(value)
  return typeof value === 'object' && value !== null && Object.values(value).some(needsFilling)
}

/** How many keys one may need another through. */
const maxChain = 500

/** How long a text may become. */
const maxTextLength = maxDocumentBytes

/** How many values placeholders may repeat, in all: more is an attack on memory. */
const maxRepeated = 200_000

/** More are not reported. */
const maxProblems = 100

type Holder = ConfigObject | readonly ConfigValue[]

/** Stands for a result that is being worked out. */
const unfinished = Symbol('unfinished')

interface Result {
  readonly value: ConfigValue
  readonly secret: boolean
  readonly unresolved: boolean
  /** How many values it holds. */
  readonly size: number
}

const known = { secret: false, unresolved: false, size: 1 } as const

class Filler {
  readonly #root: ConfigObject
  readonly #options: PlaceholderOptions
  /** By the collection that holds the value, and the key in it. */
  readonly #results = new Map<Holder, Map<string, Result | typeof unfinished>>()
  /** The keys that are being filled, to tell of a circle. */
  readonly #active: JsonPath[] = []
  readonly #problems: PlaceholderProblem[] = []
  readonly #secretPaths: JsonPath[] = []
  readonly #secrets = new Set<string>()
  readonly #unresolved: JsonPath[] = []
  #repeated = 0

  constructor(root: ConfigObject, options: PlaceholderOptions) {
    this.#root = root
    this.#options = options
  }

  /** Works out what is two steps from the top, so that little is left for `run`. */
  *prepare(): Generator<void, void> {
    for (const [key, child] of Object.entries(this.#root)) {
      if (!isConfigObject(child)) continue
      for (const [name, value] of Object.entries(child)) {
        this.#fill(value, child, [key, name])
        yield
      }
    }
  }

  run(): Filled {
    const value: ConfigObject = {}
    for (const [key, child] of Object.entries(this.#root)) {
      setOwn(value, key, this.#fill(child, this.#root, [key]).value)
    }
    this.#listMarks(value, this.#root, undefined, [])
    return {
      value,
      problems: this.#problems,
      secretPaths: this.#secretPaths,
      secrets: this.#secrets,
      unresolved: this.#unresolved,
    }
  }

  /** Fills the value that `holder` has at the last step of `path`. */
  #fill(value: ConfigValue, holder: Holder, path: JsonPath): Result {
    if (typeof value === 'string') {
      if (!needsFilling(value)) return { value, ...known, size: sizeOf(value) }
      return this.#remembered(holder, path, () => this.#text(value))
    }
    if (typeof value !== 'object' || value === null) return { value, ...known }
    return this.#remembered(holder, path, () => this.#collection(value, path))
  }

  #collection(value: readonly ConfigValue[] | ConfigObject, path: JsonPath): Result {
    let secret = false
    let unresolved = false
    let size = 1
    const child = (item: ConfigValue, step: string | number): ConfigValue => {
      const result = this.#fill(item, value, [...path, step])
      size += result.size
      secret ||= result.secret
      unresolved ||= result.unresolved
      return result.value
    }
    if (!isConfigObject(value)) return { value: value.map(child), secret, unresolved, size }
    const filled: ConfigObject = {}
    for (const [key, item] of Object.entries(value)) setOwn(filled, key, child(item, key))
    return { value: filled, secret, unresolved, size }
  }

  /** The result at a key, worked out once; needing it meanwhile is a circle. */
  #remembered(holder: Holder, path: JsonPath, work: () => Result): Result {
    const step = String(path.at(-1))
    const results = this.#results.get(holder) ?? new Map<string, Result | typeof unfinished>()
    this.#results.set(holder, results)
    const done = results.get(step)
    if (done === unfinished) throw this.#circle(path)
    if (done) return done
    if (this.#active.length > maxChain) {
      throw new PlaceholderError(`Placeholders refer to each other through more than ${maxChain} keys.`)
    }
    results.set(step, unfinished)
    this.#active.push(path)
    let result: Result
    try {
      result = work()
    } catch (error) {
      if (!(error instanceof PlaceholderError)) throw error
      if (this.#problems.length < maxProblems) this.#problems.push({ path, reason: error.message })
      // The whole is refused; what needs this one is not reported too.
      result = { value: null, ...known }
    } finally {
      this.#active.pop()
    }
    results.set(step, result)
    return result
  }

  #circle(path: JsonPath): PlaceholderError {
    const name = path.join('.')
    const names = this.#active.map((each) => each.join('.'))
    const circle = [...names.slice(names.lastIndexOf(name)), name].join(' → ')
    return new PlaceholderError(`Placeholders refer to each other in a circle: ${circle}.`)
  }

  #text(text: string): Result {
    if (isCipher(text)) {
      const plain = this.#options.texts?.get(text)
      if (plain === undefined) return { value: redacted, secret: true, unresolved: true, size: 1 }
      this.#secrets.add(plain)
      return { value: plain, secret: true, unresolved: false, size: 1 }
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
        if (filled.length > maxTextLength) {
          throw new PlaceholderError(
            `With its placeholders resolved, the text would have more than ${maxTextLength} characters.`,
          )
        }
        secret ||= result.secret
        unresolved ||= result.unresolved
      }
    }
    if (secret) this.#secrets.add(filled)
    const size = sizeOf(filled)
    this.#repeat(size - 1)
    return { value: filled, secret, unresolved, size }
  }

  #reference(reference: Reference): Result {
    const result = reference.kind === 'env' ? this.#variable(reference) : this.#key(reference)
    this.#repeat(result.size)
    return result
  }

  #repeat(size: number): void {
    this.#repeated += size
    if (this.#repeated <= maxRepeated) return
    throw new PlaceholderError(`Placeholders repeat more than ${maxRepeated.toLocaleString('en')} values.`)
  }

  #variable({ name, fallback, source }: Reference): Result {
    const { env } = this.#options
    const text = env?.[name]
    if (text !== undefined) return { value: scalarOfText(text), ...known }
    if (fallback !== undefined) return { ...this.#fallback(fallback), unresolved: env === undefined }
    if (env === undefined) return { ...known, value: source, unresolved: true }
    throw new PlaceholderError(`The environment variable ${name} is not set; ${source} has no default.`)
  }

  #key({ name, fallback, source }: Reference): Result {
    const steps = keySteps(name) ?? []
    let value: ConfigValue | undefined = this.#root
    let holder: Holder = this.#root
    /** Of a placeholder that the key leads through: what lies below it is filled already. */
    let through: Result | undefined
    for (const [index, step] of steps.entries()) {
      if (through === undefined && typeof value === 'string' && needsFilling(value)) {
        through = this.#fill(value, holder, steps.slice(0, index))
        value = through.value
      }
      if (typeof value === 'object' && value !== null) holder = value
      value = childAt(value, step) as ConfigValue | undefined
      if (value === undefined) break
    }
    if (value !== undefined) return through ? { ...through, value } : this.#fill(value, holder, steps)
    if (fallback !== undefined) return this.#fallback(fallback)
    throw new PlaceholderError(`There is no key ${name}; ${source} has no default.`)
  }

  #fallback(text: string): Result {
    return text.includes('${') ? this.#text(text) : { value: scalarOfText(text), ...known }
  }

  /** Lists the keys that are secret or unresolved, down to the value itself. */
  #listMarks(value: ConfigValue, source: ConfigValue | undefined, holder: Holder | undefined, path: JsonPath): void {
    const result = holder && this.#results.get(holder)?.get(String(path.at(-1)))
    if (holder !== undefined && (result === undefined || result === unfinished)) return
    if (result !== undefined && result !== unfinished && !result.secret && !result.unresolved) return
    if (typeof value === 'object' && value !== null && typeof source === 'object' && source !== null) {
      for (const [key, child] of Object.entries(value)) {
        this.#listMarks(child, Reflect.get(source, key) as ConfigValue | undefined, source, [...path, key])
      }
    } else if (result !== unfinished) {
      if (result?.secret) this.#secretPaths.push(path)
      if (result?.unresolved) this.#unresolved.push(path)
    }
  }
}

/** How much a text counts: a long one as several values. */
function sizeOf(text: string): number {
  return 1 + Math.floor(text.length / 32)
}

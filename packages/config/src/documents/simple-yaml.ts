import { type ConfigObject, type ConfigValue, setOwn } from '../config-value.ts'

/** What most lines of most configurations are; anything else is for the whole parser. */
class NotSimple extends Error {}

/** Without tabs, carriage returns, other control characters and line separators, and byte order marks. */
const plainCharacters = /^[\n\x20-\x7e\xa0-\u2027\u202a-\ufefe\uff00-\uffff]*$/

/** A key and its colon. No longer than YAML lets a key on one line be. */
const entry = /([A-Za-z_][\w./-]{0,200}):(?: +|$)/y

/** Words that are no text; as a key they would not be one of text. */
const words: ReadonlyMap<string, ConfigValue> = new Map<string, ConfigValue>([
  ...['null', 'Null', 'NULL', '~'].map((word) => [word, null] as const),
  ...['true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, false] as const),
])

/** Whatever is a number by the core schema of YAML 1.2, section 10.3.2. */
const anyNumber =
  /^(?:[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?|0o[0-7]+|0x[\dA-Fa-f]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/

/** A number that cannot be read in two ways, and that a double holds. */
const plainNumber = /^(?:0|-?[1-9]\d{0,14}|-?\d{1,15}\.\d{1,15})$/

/** How a text without quotes may begin. */
const plainStart = /^(?:[\w$/(.+~]|-[\w.])/

const quoted = /^(?:"([^"\\]*)"|'([^']*)')(?: +#.*| *)$/

/** A list on one line, of words and numbers that mean nothing else in there. */
const flowList = /^\[([\w ./$+@=,-]+)\]$/

const maxDepth = 50

/**
 * Parses YAML that consists of block mappings, block lists and values on one line, many times as fast as the
 * whole parser. Gives `undefined` for everything else and for every error: the whole parser decides then. What it does
 * give is what the whole parser would.
 */
export function parseSimpleYaml(text: string): ConfigObject | undefined {
  if (!plainCharacters.test(text)) return undefined
  try {
    return new SimpleYamlReader(text).read()
  } catch (error) {
    if (error instanceof NotSimple) return undefined
    throw error
  }
}

class SimpleYamlReader {
  readonly #lines: readonly string[]
  #number = -1
  /** The line that is being read, and where what is not read of it begins; -1 after the last line. */
  #line = ''
  #indent = -1
  #depth = 0

  constructor(text: string) {
    this.#lines = text.split('\n')
  }

  read(): ConfigObject {
    this.#advance()
    if (this.#indent !== 0 || this.#isItem()) throw new NotSimple()
    const value = this.#mapping(0)
    if (this.#number < this.#lines.length) throw new NotSimple()
    return value
  }

  /** To the next line that holds something. */
  #advance(): void {
    while (++this.#number < this.#lines.length) {
      const line = this.#lines[this.#number] ?? ''
      let indent = 0
      while (line.charCodeAt(indent) === 0x20) indent++
      if (indent === line.length || line[indent] === '#') continue
      this.#line = line
      this.#indent = indent
      return
    }
    this.#indent = -1
  }

  #isItem(): boolean {
    const next = this.#line[this.#indent + 1]
    return this.#line[this.#indent] === '-' && (next === undefined || next === ' ')
  }

  #mapping(indent: number): ConfigObject {
    const mapping: ConfigObject = {}
    while (this.#indent === indent && !this.#isItem()) {
      const key = this.#key()
      if (key === undefined || words.has(key) || Object.hasOwn(mapping, key)) throw new NotSimple()
      const rest = this.#line.slice(entry.lastIndex)
      this.#advance()
      const ownLine = rest === '' || rest.startsWith('#')
      if (!ownLine) setOwn(mapping, key, this.#scalar(rest, indent))
      else if (this.#indent === indent && this.#isItem()) setOwn(mapping, key, this.#nested(indent))
      else setOwn(mapping, key, this.#indent > indent ? this.#nested(this.#indent) : null)
    }
    if (this.#indent > indent) throw new NotSimple()
    return mapping
  }

  #list(indent: number): ConfigValue[] {
    const list: ConfigValue[] = []
    while (this.#indent === indent && this.#isItem()) {
      let at = indent + 1
      while (this.#line.charCodeAt(at) === 0x20) at++
      const rest = this.#line.slice(at)
      if (rest === '' || rest.startsWith('#')) {
        this.#advance()
        list.push(this.#indent > indent ? this.#nested(this.#indent) : null)
        continue
      }
      this.#indent = at
      if (this.#key() !== undefined) list.push(this.#nested(at))
      else {
        this.#advance()
        list.push(this.#scalar(rest, indent))
      }
    }
    if (this.#indent > indent) throw new NotSimple()
    return list
  }

  #nested(indent: number): ConfigValue {
    if (++this.#depth > maxDepth) throw new NotSimple()
    const value = this.#isItem() ? this.#list(indent) : this.#mapping(indent)
    this.#depth--
    return value
  }

  #key(): string | undefined {
    entry.lastIndex = this.#indent
    return entry.exec(this.#line)?.[1]
  }

  /** A value on one line, which the next line does not go on with. */
  #scalar(source: string, indent: number): ConfigValue {
    if (this.#indent > indent) throw new NotSimple()
    const inQuotes = quoted.exec(source)
    if (inQuotes) return inQuotes[1] ?? inQuotes[2] ?? ''
    const comment = source.indexOf(' #')
    const text = (comment === -1 ? source : source.slice(0, comment)).trimEnd()
    if (text === '{}') return {}
    if (text === '[]') return []
    const items = flowList.exec(text)?.[1]?.split(',')
    return items ? items.map((item) => plainValue(item.trim())) : plainValue(text)
  }
}

function plainValue(text: string): ConfigValue {
  if (!plainStart.test(text) || text.includes(': ') || text.endsWith(':')) throw new NotSimple()
  const word = words.get(text)
  if (word !== undefined) return word
  if (!anyNumber.test(text)) return text
  if (!plainNumber.test(text)) throw new NotSimple()
  return Number(text)
}

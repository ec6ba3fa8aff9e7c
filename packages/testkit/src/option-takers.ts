import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A function, constructor or method of a package's public types that takes an object of options. */
export interface OptionTaker {
  /** "connect", "new Registry", "Registry#discover", "EmbeddedServer.start" */
  readonly name: string
  /** The types of the parameters before the options. */
  readonly before: readonly string[]
  /** And of those behind. */
  readonly after: readonly string[]
  /** What stands in the declaration. */
  readonly type: string
}

interface Parameter {
  readonly name: string
  readonly type: string
}

interface Callable {
  readonly name: string
  readonly parameters: readonly Parameter[]
}

/**
 * Everything that takes options, read from the declarations that the package's entry points show. A parameter is one
 * of options when it is called so, or when its type is: `PutOptions`, or an object written there.
 *
 * @param directory of the package, with its `dist`
 */
export function optionTakers(directory: string): OptionTaker[] {
  const { exports } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
  const takers: OptionTaker[] = []
  for (const { types } of Object.values<{ readonly types: string }>(exports)) {
    for (const { name, file } of exportedNames(join(directory, types))) {
      for (const callable of callablesOf(name, readFileSync(file, 'utf8'))) takers.push(...takerOf(callable))
    }
  }
  return [...new Map(takers.map((taker) => [`${taker.name} ${taker.before.length} ${taker.type}`, taker])).values()]
}

/** The names that an entry point exports, and the file of the same package that declares each. */
function exportedNames(entryPoint: string): { name: string; file: string }[] {
  const text = readFileSync(entryPoint, 'utf8')
  const names = [...text.matchAll(/^export declare (?:abstract )?(?:class|function|const) (\w+)/gm)].map(
    ([, name = '']) => ({ name, file: entryPoint }),
  )
  for (const [, list = '', path = ''] of text.matchAll(/export (?:type )?\{([^}]*)\} from '(\.[^']+)\.ts'/g)) {
    const file = join(dirname(entryPoint), `${path}.d.ts`)
    if (!existsSync(file)) throw new Error(`${entryPoint} exports from ${file}, which is not there: run npm run build.`)
    for (const one of list.split(',')) {
      const name = one
        .trim()
        .replace(/^type /, '')
        .split(' as ')[0]
      if (name) names.push({ name, file })
    }
  }
  return names
}

function callablesOf(exported: string, declarations: string): Callable[] {
  const text = declarations.replace(/\/\*\*.*?\*\//gs, '')
  const asFunction = [...text.matchAll(new RegExp(`^export declare function ${exported}\\b`, 'gm'))].map(
    ({ index, 0: { length } }) => ({ name: exported, parameters: parametersAt(text, index + length) }),
  )
  const head = new RegExp(`^export (?:declare (?:abstract )?class|interface) ${exported}\\b.*\\{$`, 'm').exec(text)
  if (head === null) return asFunction
  const body = text.slice(head.index + head[0].length, text.indexOf('\n}', head.index))
  const methods = [...body.matchAll(/^ {4}(static )?(\w+)(?=[(<])/gm)].map(
    ({ index, 0: { length }, 1: isStatic, 2: method }) => {
      const name = method === 'constructor' ? `new ${exported}` : `${exported}${isStatic ? '.' : '#'}${method}`
      return { name, parameters: parametersAt(body, index + length) }
    },
  )
  return [...asFunction, ...methods]
}

/** The parameters of the signature that begins at `start`, behind its type parameters. */
function parametersAt(text: string, start: number): Parameter[] {
  const open = text[start] === '<' ? closing(text, start) + 1 : start
  return split(text.slice(open + 1, closing(text, open))).map((parameter) => {
    const colon = topLevel(parameter, ':')
    return { name: parameter.slice(0, colon).trim().replace(/\?$/, ''), type: parameter.slice(colon + 1).trim() }
  })
}

function takerOf({ name, parameters }: Callable): OptionTaker[] {
  return parameters.flatMap((parameter, index) => {
    const type = parameter.type.replace(/\s+/g, ' ')
    const isOptions =
      /^(options|opts)$/.test(parameter.name) || /\w(Options|Filter|Flags|Query)\b(?!\[)/.test(type) || /^\{/.test(type)
    const types = parameters.map((one) => one.type)
    return isOptions ? [{ name, before: types.slice(0, index), after: types.slice(index + 1), type }] : []
  })
}

const pairs = new Map([
  ['(', ')'],
  ['{', '}'],
  ['[', ']'],
  ['<', '>'],
])

function closing(text: string, open: number): number {
  const ends: string[] = []
  for (let index = open; index < text.length; index++) {
    const letter = text[index] ?? ''
    if (pairs.has(letter)) ends.push(pairs.get(letter) ?? '')
    else if (letter === ends.at(-1) && text[index - 1] !== '=') ends.pop()
    if (ends.length === 0) return index
  }
  throw new Error(`Nothing closes ${text.slice(open, open + 40)}`)
}

function topLevel(text: string, wanted: string): number {
  for (let index = 0; index < text.length; index++) {
    if (pairs.has(text[index] ?? '')) index = closing(text, index)
    else if (text[index] === wanted) return index
  }
  return text.length
}

function split(list: string): string[] {
  const parts: string[] = []
  for (let rest = list; rest.trim() !== ''; ) {
    const end = topLevel(rest, ',')
    parts.push(rest.slice(0, end))
    rest = rest.slice(end + 1)
  }
  return parts
}

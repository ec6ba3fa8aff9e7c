import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const packages = fileURLToPath(new URL('../../../', import.meta.url))

/** An `@example` of a doc comment. */
export interface DocExample {
  /** `packages/client/src/kv/kv.ts:41`, of the first line of its code. */
  readonly place: string
  /** What it belongs to: `Kv.get`, `connect`. */
  readonly subject: string
  /** With imports of what the package exports in front of its first line, so that lines keep their numbers. */
  readonly code: string
  /** It is type-checked and not run: `ts static`. */
  readonly isStatic: boolean
}

interface EntryPoint {
  readonly name: string
  readonly exported: ReadonlySet<string>
}

const blockStart = /^\s*\* ```ts(?: (static))?$/

/** Every example of the packages that are published. */
export function readExamples(): DocExample[] {
  const examples: DocExample[] = []
  const { name, exports } = JSON.parse(readFileSync(join(packages, 'client', 'package.json'), 'utf8'))
  const client = entryPointsOf('client', name, exports)
  for (const folder of readdirSync(packages).toSorted()) {
    const manifest = JSON.parse(readFileSync(join(packages, folder, 'package.json'), 'utf8'))
    if (manifest.private) continue
    const entryPoints = [
      ...entryPointsOf(folder, manifest.name, manifest.exports),
      ...(folder === 'client' ? [] : client),
    ]
    const source = join(packages, folder, 'src')
    for (const path of readdirSync(source, { recursive: true, encoding: 'utf8' }).toSorted()) {
      if (!path.endsWith('.ts') || /\.test(-support)?\.ts$/.test(path)) continue
      const lines = readFileSync(join(source, path), 'utf8').split('\n')
      examples.push(...examplesIn(`packages/${folder}/src/${path.replaceAll('\\', '/')}`, lines, entryPoints))
    }
  }
  return examples
}

function entryPointsOf(
  folder: string,
  name: string,
  exports: Record<string, { '@waypost/source': string }>,
): EntryPoint[] {
  return Object.entries(exports).map(([path, conditions]) => {
    const text = readFileSync(join(packages, folder, conditions['@waypost/source']), 'utf8')
    const lists = [...text.matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, list = '']) => list.split(','))
    const exported = lists.map((entry) =>
      entry
        .trim()
        .replace(/^type /, '')
        .replace(/^.* as /, ''),
    )
    return { name: name + path.slice(1), exported: new Set(exported.filter((entry) => entry !== '')) }
  })
}

function* examplesIn(
  file: string,
  lines: readonly string[],
  entryPoints: readonly EntryPoint[],
): Generator<DocExample> {
  for (let at = 0; at < lines.length; at++) {
    if (!/^\s*\* @example$/.test(lines[at] ?? '')) continue
    const [opening, flag] = blockStart.exec(lines[at + 1] ?? '') ?? []
    if (opening === undefined) throw new Error(`${file}:${at + 2}: an @example begins with \`\`\`ts.`)
    const begin = at + 2
    let end = begin
    while (end < lines.length && !/^\s*\* ```$/.test(lines[end] ?? '')) end++
    const code = lines.slice(begin, end).map((line) => line.replace(/^\s*\* ?/, ''))
    yield {
      place: `${file}:${begin + 1}`,
      subject: subjectOf(lines, end),
      code: importsFor(code.join('\n'), entryPoints) + code.join('\n'),
      isStatic: flag === 'static',
    }
    at = end
  }
}

/** The declaration that follows the comment, with the class that it is in. */
function subjectOf(lines: readonly string[], from: number): string {
  let at = from
  while (!/\*\/\s*$/.test(lines[at] ?? '*/')) at++
  const declaration = lines.slice(at + 1).find((line) => line.trim() !== '') ?? ''
  const top = /^export (?:abstract )?(?:async )?(?:class|function|const|interface|type) (\w+)/.exec(declaration)?.[1]
  if (top !== undefined) return top
  const member = /^ {2}(?:static |override |readonly |async |get )*(\w+)/.exec(declaration)?.[1] ?? declaration.trim()
  for (let above = at; above >= 0; above--) {
    const owner = /^export (?:abstract )?(?:class|interface) (\w+)/.exec(lines[above] ?? '')?.[1]
    if (owner !== undefined) return `${owner}.${member}`
  }
  return member
}

/** Examples need not import what their package exports, or the client. */
function importsFor(code: string, entryPoints: readonly EntryPoint[]): string {
  const plain = code.replaceAll(/'[^'\n]*'|\/\/.*$/gm, '')
  const words = new Set(plain.match(/(?<![.\w])[A-Za-z_]\w*/g))
  const imported = new Set(
    [...code.matchAll(/import (?:type )?\{([^}]*)\}/g)].flatMap(([, list = '']) =>
      list.split(',').map((word) => word.trim()),
    ),
  )
  const declarations = plain.matchAll(/(?:const|let|using|function|class|interface) (\w+|\{[^}=]*\})/g)
  const declared = new Set([...declarations].flatMap(([, names = '']) => names.match(/\w+/g) ?? []))
  return entryPoints
    .map(({ name, exported }) => {
      const used = [...exported].filter((word) => words.has(word) && !imported.has(word) && !declared.has(word))
      for (const word of used) imported.add(word)
      return used.length === 0 ? '' : `import { ${used.join(', ')} } from '${name}'; `
    })
    .join('')
}

/**
 * Runs the examples one after the other: node's arguments are the URL of a store and the modules. Each has a namespace
 * of its own, and the names that examples take for granted. Prints a line of JSON for each.
 */
export const runner = `
import { format } from 'node:util'
import { connect } from 'waypost'
const [endpoints, ...modules] = process.argv.slice(2)
process.env.WAYPOST_ENDPOINTS = endpoints
const print = console.log
const limitMs = 20_000
for (const [index, module] of modules.entries()) {
  process.env.WAYPOST_NAMESPACE = '/example-' + index
  const waypost = await connect()
  const { etcd, registry, config, coordination } = waypost
  Object.assign(globalThis, { waypost, etcd, registry, config, coordination })
  // What an example prints is what the comment behind it says.
  globalThis.printed = (expected, ...values) => {
    const text = format(...values)
    if (text !== expected) throw new Error('prints ' + text + ', not ' + expected)
  }
  console.log = () => {}
  let problem = ''
  let timer
  try {
    const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error('does not end')), limitMs) })
    await Promise.race([import(module), late])
  } catch (error) {
    problem = String(error?.stack ?? error)
  } finally {
    clearTimeout(timer)
    console.log = print
    await waypost.close()
  }
  print(JSON.stringify({ module, problem }))
}
process.exit(0)
`

/** What examples take for granted, for the compiler. */
export const stage = `
import type { Waypost } from 'waypost'
declare global {
  const waypost: Waypost
  const etcd: Waypost['etcd']
  const registry: Waypost['registry']
  const config: Waypost['config']
  const coordination: Waypost['coordination']
}
export {}
`

/** \`console.log(x) // 5\` as a check that it prints 5. */
export function withChecks(code: string): string {
  return code.replaceAll(/console\.log\((.*)\) \/\/ (.+)$/gm, (_, values: string, expected: string) => {
    return `printed(${JSON.stringify(expected)}, ${values})`
  })
}

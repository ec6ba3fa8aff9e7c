import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { routesSchema } from '../src/document/schema/routes-schema.ts'

const page = readFileSync(new URL('../../../docs/reference/gateway.md', import.meta.url), 'utf8')
const rows = new Set(page.split('\n').filter((line) => line.startsWith('| `')))

type Node = Readonly<Record<string, unknown>>

function nodeAt(node: unknown, ...names: readonly string[]): Node | undefined {
  let at: unknown = node
  for (const name of names) at = typeof at === 'object' && at !== null ? Reflect.get(at, name) : undefined
  return typeof at === 'object' && at !== null ? (at as Node) : undefined
}

/** The names that tables give the fields below a mapping, and what the schema says of each. */
function* fieldsBelow(node: Node | undefined, prefix: string): Generator<readonly [string, Node]> {
  for (const [name, value] of Object.entries(nodeAt(node, 'properties') ?? {})) {
    const field = nodeAt({ value }, 'value') ?? {}
    yield [prefix + name, field]
    if (field.type === 'object') yield* fieldsBelow(field, `${prefix + name}.`)
    yield* fieldsBelow(nodeAt(field, 'items'), `${prefix + name}[].`)
    yield* fieldsBelow(nodeAt(field, 'additionalProperties'), `${prefix + name}.<name>.`)
  }
}

function* documented(): Generator<readonly [string, Node]> {
  const { properties, $defs } = routesSchema
  for (const name of Object.keys(properties ?? {})) yield [name, {}]
  yield* fieldsBelow(nodeAt(properties, 'paths'), 'paths.')
  yield* fieldsBelow(nodeAt(properties, 'routes', 'additionalProperties'), '')
  yield* fieldsBelow(nodeAt($defs, 'target'), '')
  yield* fieldsBelow(nodeAt($defs, 'answer'), '')
  yield* fieldsBelow(nodeAt($defs, 'value', 'anyOf', '1'), '')
  const kinds = nodeAt(properties, 'policies', 'additionalProperties', 'properties') ?? {}
  for (const kind of Object.keys(kinds)) yield* fieldsBelow(nodeAt(kinds, kind), '')
}

test('the reference has a row for every field of the schema, with its words and its default', () => {
  const missing: string[] = []
  for (const [name, field] of documented()) {
    const { description = '', default: fallback } = field
    const words = String(description).replaceAll('|', '\\|')
    const usual = fallback === undefined || fallback === '' ? '' : `Default: \`${[fallback].flat().join(', ')}\`.`
    const isThere = [...rows].some(
      (row) => row.startsWith(`| \`${name}\` |`) && row.includes(words) && row.includes(usual),
    )
    if (!isThere) missing.push(`${name}: ${words} ${usual}`)
  }
  expect(missing).toEqual([])
})

test('the reference has a part for every kind of policy', () => {
  const kinds = Object.keys(nodeAt(routesSchema.properties, 'policies', 'additionalProperties', 'properties') ?? {})
  expect(kinds.filter((kind) => !page.includes(`\n### ${kind}\n`))).toEqual([])
})

test('the reference knows every code with which a policy answers', () => {
  const folder = new URL('../src/policies/', import.meta.url)
  const codes = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.includes('.test'))
    .flatMap((file) => [
      ...readFileSync(new URL(file, folder), 'utf8').matchAll(
        /(?:code: |unauthorized\(|forbidden\(|unavailable\()\s*'([a-z-]+)'/g,
      ),
    ])
    .map(([, code]) => code)
  expect(codes.length).toBeGreaterThan(20)
  expect(codes.filter((code) => !page.includes(`\`${code}\``))).toEqual([])
})

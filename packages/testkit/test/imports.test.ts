import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { makeTempDir, removeTempDir } from '@waypost/testkit'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { importProblems } from '../../../scripts/check-imports.js'

const table = {
  '@waypost/low': { imports: [], because: 'low is the lowest layer.', anywhere: true },
  '@waypost/high': {
    imports: ['@waypost/low'],
    because: 'high is built on low alone.',
    folders: {
      base: { not: ['admin'], because: 'what every application loads may not know what administers.' },
      '*': { not: ['base'], because: 'base is for nobody.' },
    },
  },
  '@waypost/other': { imports: [], because: 'other stands by itself.' },
}

let directory: string

beforeEach(() => {
  directory = makeTempDir('imports')
  for (const name of ['low', 'high', 'other'])
    write(`${name}/package.json`, JSON.stringify({ name: `@waypost/${name}` }))
})
afterEach(() => removeTempDir(directory))

function write(path: string, text: string): void {
  const file = join(directory, 'packages', path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

const problems = (): string[] => importProblems(join(directory, 'packages'), table)

it('accepts imports in the direction of the table', () => {
  write('high/src/a.ts', "import { low } from '@waypost/low/testing'\nimport type { B } from './b.ts'\n")
  write('high/src/b.ts', '/** @example import { a } from "./a.ts" */\nexport interface B {}\n')
  write('high/src/b.test.ts', "import { other } from '@waypost/other'\n")
  expect(problems()).toEqual([])
})

it.each([
  [
    'an import against the direction',
    'low/src/a.ts',
    "import type { H } from '@waypost/high'",
    'low is the lowest layer.',
  ],
  [
    'an import of several lines',
    'high/src/a.ts',
    "export {\n  a,\n  b,\n} from '@waypost/other'",
    'built on low alone',
  ],
  ['an import of a type in place', 'high/src/a.ts', "let a: import('@waypost/other').A", 'built on low alone'],
  ['node: where code runs anywhere', 'low/src/a.ts', "import 'node:fs'", 'runs outside Node'],
  ['the index of its own package', 'high/src/a.ts', "import { b } from './index.ts'", 'import the file that defines'],
  ['test code', 'high/src/a.ts', "import { b } from './b.test-support.ts'", 'test code'],
  ['a forbidden folder', 'high/src/base/a.ts', "import { b } from '../admin/b.ts'", 'may not know what administers'],
  [
    'what folders without a rule of their own may not',
    'high/src/a.ts',
    "import { b } from './base/b.ts'",
    'for nobody',
  ],
])('refuses %s', (_, path, text, expected) => {
  write(path, `${text}\n`)
  expect(problems()).toEqual([expect.stringContaining(expected)])
})

it('refuses a cycle, of types too, and names its files', () => {
  write('high/src/a.ts', "import type { B } from './b.ts'\n")
  write('high/src/b.ts', "import type { C } from './c/c.ts'\n")
  write('high/src/c/c.ts', "import type { A } from '../a.ts'\n")
  write('high/src/d.ts', "import type { A } from './a.ts'\n")
  expect(problems()).toEqual([expect.stringContaining('3 files import each other (a.ts, b.ts, c/c.ts)')])
})

it('refuses a package that the table does not name', () => {
  write('new/package.json', '{"name":"@waypost/new"}')
  expect(problems()).toEqual(['@waypost/new has no line in scripts/layers.js.'])
})

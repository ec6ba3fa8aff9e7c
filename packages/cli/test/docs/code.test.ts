import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EtcdClient } from '@waypost/client'
import { ConfigValues, Template } from '@waypost/config/render'
import { run } from '@waypost/testkit'
import { afterAll, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { buildProgram } from '../../src/program.ts'
import { ambientNames } from './ambient-names.test-support.ts'
import { commandProblem, waypostCommands } from './command-lines.test-support.ts'
import { type CodeBlock, readPages, root } from './pages.test-support.ts'

const blocks = readPages().flatMap((page) => page.blocks)
const inLanguage = (...languages: string[]) => blocks.filter(({ language }) => languages.includes(language))
const cache = join(root, 'node_modules', '.cache')
mkdirSync(cache, { recursive: true })
// Beside the packages, so that what is imported is found as it is by a user's program.
const scratch = mkdtempSync(join(cache, 'waypost-docs-'))

afterAll(() => rmSync(scratch, { recursive: true, force: true }))

test('every code block says its language, one that is checked here', () => {
  const checked = ['ts', 'js', 'sh', 'yaml', 'json', 'liquid', 'text', 'ini', 'go', 'python', '']
  expect(blocks.filter(({ language }) => !checked.includes(language)).map(placeOf)).toEqual([])
  const drawings = ['README.md', 'README.zh-CN.md', 'CONTRIBUTING.md', 'CONTRIBUTING.zh-CN.md', 'docs/architecture.md']
  const unnamed = inLanguage('').filter(
    ({ page }) => !drawings.includes(page) && !/^docs\/(decisions|reference)\//.test(page),
  )
  expect(unnamed.map(placeOf)).toEqual([])
})

test('every block of TypeScript type-checks', async () => {
  const places = new Map<string, CodeBlock>()
  for (const block of inLanguage('ts')) {
    const name = `block-${places.size}.mts`
    places.set(name, block)
    writeFileSync(join(scratch, name), `${block.code}\nexport {}\n`)
  }
  expect(places.size).toBeGreaterThan(30)
  writeFileSync(join(scratch, 'ambient.mts'), ambientNames)
  writeFileSync(
    join(scratch, 'tsconfig.json'),
    JSON.stringify({ extends: join(root, 'tsconfig.base.json'), compilerOptions }),
  )
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const { stdout } = await run(process.execPath, [tsc, '-p', scratch, '--pretty', 'false'], {
    cwd: scratch,
    timeoutMs: 120_000,
  })
  const problems = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [, name = '', at, message] = /^(block-\d+\.mts)\((\d+),\d+\): (.*)$/.exec(line) ?? []
      const block = places.get(name)
      return block ? `${block.page}:${block.line + Number(at) - 1}: ${message}` : line
    })
  expect(problems).toEqual([])
}, 180_000)

const compilerOptions = {
  composite: false,
  noEmit: true,
  declaration: false,
  declarationMap: false,
  sourceMap: false,
  rewriteRelativeImportExtensions: false,
  noUnusedLocals: false,
  noUnusedParameters: false,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  erasableSyntaxOnly: false,
  allowUnreachableCode: true,
}

test('every block of JavaScript is run: by the test of the guides or of the README', () => {
  const idle = inLanguage('js').filter(
    ({ page, flags }) =>
      !/^(README|docs\/index)/.test(page) && !flags.some((flag) => flag === 'run' || flag.startsWith('file=')),
  )
  expect(idle.map(placeOf)).toEqual([])
})

test('every block of YAML and JSON parses', () => {
  const yaml = inLanguage('yaml').filter(({ code }) => parseAllDocuments(code).some(({ errors }) => errors.length > 0))
  expect(yaml.map(placeOf)).toEqual([])
  const json = inLanguage('json').filter(({ code }) => {
    try {
      JSON.parse(code)
      return false
    } catch {
      return true
    }
  })
  expect(json.map(placeOf)).toEqual([])
})

test('every template parses', async () => {
  await using etcd = new EtcdClient({ endpoints: 'http://127.0.0.1:1' })
  const instances = {
    filters: { instances: () => Promise.resolve([]) },
    onChange: () => () => {},
    close: () => Promise.resolve(),
  }
  for (const block of inLanguage('liquid')) {
    const sources = [new ConfigValues(etcd), instances]
    await expect(Template.parse(placeOf(block), block.code, sources), placeOf(block)).resolves.toBeDefined()
  }
})

test('every command of waypost and npm in a shell block exists, with its options', async () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const problems: string[] = []
  let count = 0
  for (const block of inLanguage('sh')) {
    for (const words of waypostCommands(block.code)) {
      count += 1
      const problem = await commandProblem(buildProgram(), words)
      if (problem) problems.push(`${placeOf(block)}: waypost ${words.join(' ')}: ${problem}`)
    }
    for (const [, name = ''] of block.code.matchAll(/\bnpm run ([\w:-]+)/g)) {
      if (!(name in scripts)) problems.push(`${placeOf(block)}: there is no script ${name}`)
    }
  }
  expect(count).toBeGreaterThan(20)
  expect(problems).toEqual([])
})

function placeOf({ page, line }: CodeBlock): string {
  return `${page}:${line}`
}

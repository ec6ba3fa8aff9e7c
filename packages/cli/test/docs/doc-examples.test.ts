import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { run, startStore } from '@waypost/testkit'
import { transform } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DocExample, readExamples, runner, stage, withChecks } from './doc-examples.test-support.ts'
import { root } from './pages.test-support.ts'

const examples = readExamples()
/** NestJS has the decorators of TypeScript before the standard's. */
const tsconfigRaw = { compilerOptions: { experimentalDecorators: true } }
const cache = join(root, 'node_modules', '.cache')
let scratch: string

beforeAll(() => {
  mkdirSync(cache, { recursive: true })
  // Beside the packages, so that imports are resolved as they are in a user's program.
  scratch = mkdtempSync(join(cache, 'waypost-examples-'))
})
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

/**
 * What a user calls first. A name that is added here needs an `@example` in its doc comment. Those of NestJS run as the
 * definitions that they are: their options are checked, and no application is started.
 */
const first = [
  'connect',
  'EtcdClient',
  'EtcdClient.cache',
  'EtcdClient.txn',
  'EtcdClient.watch',
  'Kv.count',
  'Kv.delete',
  'Kv.get',
  'Kv.list',
  'Kv.put',
  'Kv.range',
  'Leases.grant',
  'Lease.lost',
  'Cache.changes',
  'ClusterCron',
  'EmbeddedServer.start',
  'LiveValue',
  'Maintenance.snapshot',
  'OnConfigChange',
  'OnLeader',
  'QueueWorker',
  'Registry.callFactory',
  'Registry.discover',
  'Registry.operate',
  'Registry.register',
  'WaypostConfigModule.forFeature',
  'WaypostCoordinationModule',
  'WaypostError',
  'WaypostGatewayModule',
  'WaypostModule.forRoot',
  'WaypostModule.forServices',
  'WaypostModule.registerOnListen',
  'WithLock',
  'checkData',
  'createGateway',
  'listen',
  'registerOnListen',
  'restore',
  'snapshotStatus',
  'startHub',
  'waypostPlugin',
]

test('what a user calls first has an example', () => {
  const subjects = new Set(examples.map(({ subject }) => subject))
  expect(first.filter((name) => !subjects.has(name))).toEqual([])
})

test('every example in a doc comment type-checks', async () => {
  const names = new Map<string, DocExample>()
  for (const example of examples) {
    const name = `example-${names.size}.mts`
    names.set(name, example)
    writeFileSync(join(scratch, name), `${example.code}\nexport {}\n`)
  }
  writeFileSync(join(scratch, 'stage.mts'), stage)
  const compilerOptions = {
    experimentalDecorators: true,
    composite: false,
    noEmit: true,
    declaration: false,
    declarationMap: false,
    sourceMap: false,
    stripInternal: false,
    rewriteRelativeImportExtensions: false,
    verbatimModuleSyntax: false,
    // NestJS is written with properties as parameters of constructors.
    erasableSyntaxOnly: false,
    noUnusedLocals: false,
    noUnusedParameters: false,
  }
  const tsconfig = { extends: join(root, 'tsconfig.base.json'), compilerOptions }
  writeFileSync(join(scratch, 'tsconfig.json'), JSON.stringify(tsconfig))
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const { stdout } = await run(process.execPath, [tsc, '-p', scratch, '--pretty', 'false'], {
    cwd: scratch,
    timeoutMs: 120_000,
  })
  const problems = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [, name = '', at, message] = /^(example-\d+\.mts)\((\d+),\d+\): (.*)$/.exec(line) ?? []
      const example = names.get(name)
      return example ? `${example.place} + ${Number(at) - 1}: ${message}` : line
    })
  expect(problems).toEqual([])
})

test('every example runs against an embedded store, and prints what it says', async () => {
  await using store = await startStore()
  const running = examples.filter(({ isStatic }) => !isStatic)
  const places = new Map<string, string>()
  for (const [index, { code, place }] of running.entries()) {
    const file = join(scratch, `run-${index}.mjs`)
    const source = withChecks(code).replaceAll('http://127.0.0.1:2379', store.url)
    const { code: script } = await transform(source, { loader: 'ts', format: 'esm', target: 'node20', tsconfigRaw })
    writeFileSync(file, script)
    places.set(pathToFileURL(file).href, place)
  }
  writeFileSync(join(scratch, 'runner.mjs'), runner)
  const { stdout, stderr } = await run(process.execPath, [join(scratch, 'runner.mjs'), store.url, ...places.keys()], {
    cwd: scratch,
    timeoutMs: 120_000,
  })
  const results = stdout.split('\n').filter(Boolean)
  const problems = results.flatMap((line) => {
    const { module, problem } = JSON.parse(line)
    return problem === '' ? [] : [`${places.get(module)}: ${problem}`]
  })
  expect(problems).toEqual([])
  expect(`${results.length} ${stderr}`).toBe(`${running.length} `)
})

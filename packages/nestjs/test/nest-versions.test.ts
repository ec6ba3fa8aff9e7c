import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { NestFactory } from '@nestjs/core'
import { SchedulerRegistry } from '@nestjs/schedule'
import { makeTempDir, Program, recordSkip, removeTempDir, run, until } from '@waypost/testkit'
import { afterEach, describe, expect, it, test } from 'vitest'
import { closeLater, world } from './applications.test-support.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const nestjs = join(here, '..')
const rootModules = join(nestjs, '..', '..', 'node_modules')
const nest11 = join(here, 'nest-11')
const nest11Modules = join(nest11, 'node_modules')

/** Nest 11 is not among the dependencies of the workspace, which would install two Nests for everybody. */
async function install11(): Promise<boolean> {
  const { dependencies } = JSON.parse(readFileSync(join(nest11, 'package.json'), 'utf8'))
  if (Object.keys(dependencies).every((name) => existsSync(join(nest11Modules, name)))) return true
  const args = ['ci', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--workspaces=false']
  const { code, stderr } = await run('npm', args, { cwd: nest11, timeoutMs: 120_000 })
  if (code === 0) return true
  if (process.env.CI) throw new Error(`Nest 11 cannot be installed:\n${stderr}`)
  recordSkip('NestJS 11', 'it could not be installed: see npm ci in packages/nestjs/test/nest-11')
  return false
}

/** A directory in which `@waypost/nestjs` finds the Nest in `modules`: a package is looked for beside its real path. */
function beside(modules: string): string {
  const directory = makeTempDir('nest')
  closeLater(() => removeTempDir(directory))
  const target = join(directory, 'node_modules')
  mkdirSync(join(target, '@waypost', 'nestjs'), { recursive: true })
  for (const part of ['package.json', 'dist']) {
    cpSync(join(nestjs, part), join(target, '@waypost', 'nestjs', part), { recursive: true })
  }
  for (const name of readdirSync(join(rootModules, '@waypost'))) {
    if (name !== 'nestjs') symlinkSync(join(rootModules, '@waypost', name), join(target, '@waypost', name))
  }
  symlinkSync(join(rootModules, 'waypost'), join(target, 'waypost'))
  for (const name of ['@nestjs', 'rxjs', 'reflect-metadata']) symlinkSync(join(modules, name), join(target, name))
  cpSync(join(here, 'everything.cjs'), join(directory, 'everything.cjs'))
  return directory
}

interface Version {
  readonly nest: string
  readonly modules: string
  readonly install: () => Promise<boolean>
}

const versions: readonly Version[] = [
  { nest: '12', modules: rootModules, install: () => Promise.resolve(true) },
  { nest: '11', modules: nest11Modules, install: install11 },
]

/** All other tests run on 12, as ES modules. */
const tested = process.env.WAYPOST_LONG ? versions : versions.filter(({ nest }) => nest !== '12')

describe.each(tested)('with Nest $nest, from CommonJS', ({ modules, install }) => {
  let program: Program | undefined

  afterEach(async () => {
    await program?.kill()
  })

  it('everything works together, until SIGTERM', async ({ skip }) => {
    if (!(await install())) skip()
    const { store, outside } = await world()
    await outside.config.documents.putRaw('order/application.yaml', 'db: { pool: 5 }')
    program = await Program.start(process.execPath, ['everything.cjs', store.url], {
      cwd: beside(modules),
      env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' },
      keepStdinOpen: true,
    })
    const said = (): unknown[] =>
      (program?.stdout ?? '')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
    await program.waitForOutput('answer', 60_000)
    const answer = { whole: { db: { pool: 5 } }, pool: 5, configured: 5, users: 1, user: 'Ada', sum: 6 }
    const waypost = { status: 'up', connected: true, registration: 'registered' }
    expect(said()).toEqual([
      { health: expect.objectContaining({ status: 'ok', info: { waypost: expect.objectContaining(waypost) } }) },
      { answer },
    ])
    const orders = await outside.registry.discover('order')
    expect(orders.instances).toMatchObject([{ id: 'order-1', host: '127.0.0.1', status: 'up' }])

    await outside.config.documents.putRaw('order/application.yaml', 'db: { pool: 6 }')
    await program.waitForOutput('changed')
    program.write('ask\n')
    await until('it answers', () => said().length === 4)
    expect(said().slice(2)).toEqual([
      { changed: [5, 6] },
      { answer: { ...answer, pool: 6, configured: 6, whole: { db: { pool: 6 } } } },
    ])

    program.closeStdin()
    const { signal, stderr } = await program.exited
    expect(stderr).toBe('')
    expect(signal).toBe('SIGTERM')
    expect(said().slice(4)).toEqual([{ others: 'closed' }, { database: 'closed', registered: 'left' }])
    await until('it is gone', () => orders.instances.length === 0)
    expect(await outside.registry.services()).toEqual([])
    // Installing included.
  }, 240_000)
})

test.runIf(process.env.NEST === '11')('it is Nest 11 that the tests import', () => {
  const require11 = createRequire(join(nest11, 'package.json'))
  expect(NestFactory).toBe(require11('@nestjs/core').NestFactory)
  // Its numbers are its own: version 6 is that for Nest 11.
  expect(SchedulerRegistry).toBe(require11('@nestjs/schedule').SchedulerRegistry)
})

test.skipIf(!process.env.WAYPOST_LONG || process.env.NEST)(
  'all tests of this package pass with Nest 11, too',
  async ({ skip }) => {
    if (!(await install11())) skip()
    const program = join(rootModules, 'vitest', 'vitest.mjs')
    const args = ['run', '--config', join(nest11, 'vitest.config.ts'), '--root', join(nestjs, '..', '..')]
    const { code, stdout } = await run(process.execPath, [program, ...args, nestjs, '--exclude', '**/shop-example*'], {
      env: { ...process.env, NODE_OPTIONS: '', WAYPOST_LONG: '' },
      timeoutMs: 300_000,
    })
    expect(code, stdout).toBe(0)
  },
  480_000,
)

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeTempDir, Program, removeTempDir, run } from '@waypost/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packedPackages } from '../../../scripts/packed.js'
import { followGuide } from './docs/follow-guide.test-support.ts'
import { readPage, root } from './docs/pages.test-support.ts'

/** The first ten minutes of somebody new: the packages as they are published, in an empty directory. */

const tsc = join(root, 'node_modules/typescript/bin/tsc')
const timeoutMs = 300_000
let workshop: string
const { modules, tarballs } = await packedPackages()
const taken = withNeeded(['waypost', '@waypost/cli'])

beforeAll(() => {
  workshop = makeTempDir('newcomer')
})

afterAll(() => removeTempDir(workshop))

/** Packages of ours, and those of ours that they depend on. */
function withNeeded(names: readonly string[]): string[] {
  const found = new Set(names)
  for (const name of found) {
    const { dependencies = {} } = JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8'))
    for (const needed of Object.keys(dependencies)) if (tarballs.has(needed)) found.add(needed)
  }
  return [...found]
}

async function succeed(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  const { code, stdout, stderr } = await run(command, args, { cwd, env, timeoutMs })
  expect(`${code}\n${code === 0 ? '' : stdout + stderr}`).toBe('0\n')
  return stdout
}

/** Somebody's own environment, without what this run has set. */
function environment(cwd: string): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_|WAYPOST_|VITEST|XDG_CONFIG)/.test(name))
  const path = `${join(cwd, 'node_modules', '.bin')}:${process.env.PATH}`
  return { ...Object.fromEntries(own), PATH: path, XDG_CONFIG_HOME: join(cwd, '.config') }
}

const managers = {
  npm: () => ({ command: 'npm', args: ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'] }),
  pnpm: () => ({
    command: 'npx',
    args: ['--yes', '--prefer-offline', 'pnpm@10', 'install', '--ignore-scripts', '--prefer-offline', '--no-lockfile'],
  }),
} as const

/** A project whose manifest takes the packages from files: npm and pnpm look for them nowhere else. */
async function install(manager: keyof typeof managers): Promise<{ cwd: string; env: NodeJS.ProcessEnv }> {
  const cwd = join(workshop, manager)
  mkdirSync(cwd)
  const files = Object.fromEntries(taken.map((name) => [name, `file:${tarballs.get(name)}`]))
  const manifest = { name: 'newcomer', private: true, type: 'module', dependencies: files, pnpm: { overrides: files } }
  writeFileSync(join(cwd, 'package.json'), JSON.stringify(manifest))
  const env = environment(cwd)
  const { command, args } = managers[manager]()
  await succeed(command, args, cwd, env)
  // As somebody types it; npm's own needs a second to find what is here.
  writeFileSync(join(cwd, 'node_modules', '.bin', 'npx'), '#!/bin/sh\nexec "$@"\n', { mode: 0o755 })
  return { cwd, env }
}

// pnpm, which is fetched for it, in the long form.
const tried = process.env.WAYPOST_LONG ? (['npm', 'pnpm'] as const) : (['npm'] as const)

/** Modules and their resolution: the others in the long form. packaging.test.ts compiles with nodenext, too. */
const settings = [
  ['esnext', 'bundler'],
  ...(process.env.WAYPOST_LONG
    ? [
        ['node16', 'node16'],
        ['nodenext', 'nodenext'],
      ]
    : []),
]

describe.each(tried)('with %s', (manager) => {
  test(
    'the guide, a program in CommonJS and TypeScript work from an empty directory',
    async () => {
      const { cwd, env } = await install(manager)
      const serve = ['serve', '--memory', '--port', '0']
      await using store = await Program.start(join(cwd, 'node_modules', '.bin', 'waypost'), serve, { cwd, env })
      const [, url = ''] = /listens? on (http:\S+)|on (http:\S+)/.exec(await store.waitForOutput('Ctrl+C')) ?? []
      const found = url === '' ? (/http:\/\/127\.0\.0\.1:\d+/.exec(store.stdout)?.[0] ?? '') : url
      const own = { ...env, WAYPOST_ENDPOINTS: found }

      await followGuide(readPage('docs/guides/getting-started.md').blocks, cwd, own)

      const common = `const { connect } = require('waypost')
        connect().then(async (waypost) => {
          console.log(await waypost.config.get('hello') ?? 'nothing')
          await waypost.close()
        })`
      writeFileSync(join(cwd, 'common.cjs'), common)
      expect(await succeed(process.execPath, ['common.cjs'], cwd, own)).toBe('nothing\n')

      const typed = `import { connect, type ServiceView } from 'waypost'
        import { Config } from '@waypost/config'
        const waypost = await connect()
        export const view: ServiceView = await waypost.registry.discover('user')
        export const config = new Config(waypost.etcd)`
      writeFileSync(join(cwd, 'typed.mts'), typed)
      for (const [module, moduleResolution] of settings) {
        const compilerOptions = { module, moduleResolution, target: 'es2022', strict: true, noEmit: true, types: [] }
        const options = { compilerOptions: { ...compilerOptions, skipLibCheck: true }, files: ['typed.mts'] }
        writeFileSync(join(cwd, 'tsconfig.json'), JSON.stringify(options))
        await succeed(process.execPath, [tsc, '-p', cwd], cwd, env)
      }
    },
    timeoutMs,
  )
})

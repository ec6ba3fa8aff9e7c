import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CommanderError } from 'commander'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { exitCodeOf, exitCodes } from './command-line/exit-codes.ts'
import { everyCommand, exampleOf, isLeaf } from './every-command.test-support.ts'
import { buildProgram } from './program.ts'

const commands = (await everyCommand(buildProgram())).filter(([, command]) => isLeaf(command))
let directory: string
let file: string
let list: string

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'waypost-exit-codes-'))
  file = join(directory, 'input.json')
  writeFileSync(file, '{}')
  list = join(directory, 'list.json')
  writeFileSync(list, '[]')
  vi.stubEnv('EDITOR', 'true')
  vi.stubEnv('WAYPOST_CONFIG_KEYS', 'k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=')
  vi.stubEnv('XDG_CONFIG_HOME', directory)
  vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
})

afterEach(() => {
  process.exitCode = undefined
})

afterAll(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  rmSync(directory, { recursive: true, force: true })
})

/** Runs a command line in this process. The answer is the code that the process would end with. */
async function exitCode(words: readonly string[]): Promise<number> {
  process.exitCode = undefined
  try {
    const program = buildProgram()
    await program.parseAsync(words, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage.code
    return exitCodeOf(error)
  }
  return Number(process.exitCode ?? 0)
}

test('every command ends with 2 for an option that it does not have', async () => {
  for (const [name, command] of commands) {
    const words = name.split(' ').slice(1)
    const required = command.registeredArguments.filter(({ required }) => required).map(() => '1')
    expect([name, await exitCode([...words, ...required, '--no-such-option'])]).toEqual([name, 2])
  }
})

/** They need no store, wait for one, or need standard input before. */
const local = new Set(
  [
    'serve',
    'hub',
    'gateway',
    'gateway top',
    'gateway check',
    'gateway new-key',
    'gateway hash-password',
    'restore',
    'snapshot restore',
    'snapshot status',
    'check data',
    'config new-key',
    'config encrypt',
    'config decrypt',
    'config render',
    'txn',
  ].map((name) => `waypost ${name}`),
)

/** Where the example reads standard input, or a file that is not there. */
function wordsOf(name: string, example: readonly string[]): readonly string[] {
  const path = ['order/application.yaml']
  const own: Readonly<Record<string, readonly string[]>> = {
    'waypost config publish': ['config', 'publish', ...path, file],
    'waypost config canary create': ['config', 'canary', 'create', ...path, 'pool', file, '--percent', '5'],
    'waypost config draft save': ['config', 'draft', 'save', ...path, file],
    'waypost config schema set': ['config', 'schema', 'set', 'order/', file],
    'waypost config import': ['config', 'import', list, '--from', 'consul'],
    'waypost config export': ['config', 'export', directory],
    'waypost auth disable': ['auth', 'disable'],
    'waypost mirror': ['mirror', '--from', 'http://127.0.0.1:1', '--to', 'http://127.0.0.1:1'],
    'waypost config rekey': ['config', 'rekey', ...path],
    'waypost user add': ['user', 'add', 'ann:secret'],
    'waypost user passwd': ['user', 'delete', 'ann'],
    'waypost snapshot schedule': ['snapshot', 'schedule', directory, '--once'],
    'waypost snapshot save': ['snapshot', 'save', join(directory, 'backup.db')],
  }
  return own[name] ?? example
}

test('every command that needs a store ends with 3 when none answers', async () => {
  const nobody = ['--endpoints', '127.0.0.1:1', '--timeout', '40ms']
  const wrong: unknown[] = []
  for (const [name, command] of commands) {
    if (local.has(name) || name.startsWith('waypost context') || name === 'waypost completion') continue
    const words = wordsOf(name, exampleOf(name, command))
    const end = words.indexOf('--')
    const line = end === -1 ? [...words, ...nobody] : [...words.slice(0, end), ...nobody, ...words.slice(end)]
    const code = await exitCode(line)
    if (code !== 3) wrong.push([line.join(' '), code])
  }
  expect(wrong).toEqual([])
})

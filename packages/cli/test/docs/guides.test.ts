import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Program, run, startStore } from '@waypost/testkit'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type CodeBlock, readPages, root } from './pages.test-support.ts'

/**
 * The words behind the language of a block says what becomes of it here: `run` is run to its end, `background` until
 * the end of the page, `file=<name>` is saved; `output` is what the block before it prints, `shows` what the last program
 * in the background comes to print.
 */
const executed = new Set(['run', 'background', 'output'])
const guides = readPages().filter(
  ({ path, blocks }) =>
    !path.endsWith('.zh-CN.md') && blocks.some(({ flags }) => flags.some((flag) => executed.has(flag))),
)
const bin = fileURLToPath(new URL('../../bin/waypost.js', import.meta.url))
const cache = join(root, 'node_modules', '.cache')
let commands: string

beforeAll(() => {
  mkdirSync(cache, { recursive: true })
  commands = mkdtempSync(join(cache, 'waypost-bin-'))
  command('waypost', `exec '${process.execPath}' '${bin}' "$@"`)
  command('npx', 'exec "$@"')
})

afterAll(() => rmSync(commands, { recursive: true, force: true }))

function command(name: string, script: string): void {
  writeFileSync(join(commands, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(commands, name), 0o755)
}

test('there are guides with programs', () => expect(guides.length).toBeGreaterThan(3))

test.skipIf(process.platform === 'win32').each(guides)(
  'the programs of $path print what it says',
  async ({ blocks }) => {
    // Beside the packages, so that `import 'waypost'` finds them.
    const cwd = mkdtempSync(join(cache, 'waypost-guide-'))
    onTestFinished(() => rmSync(cwd, { recursive: true, force: true }))
    const store = await startStore()
    onTestFinished(() => store.close())
    const env = {
      ...process.env,
      WAYPOST_ENDPOINTS: store.url,
      NODE_OPTIONS: '',
      PATH: `${commands}:${process.env.PATH}`,
    }
    let printed = ''
    let background: Program | undefined
    for (const block of blocks) {
      const [file] = block.flags.flatMap((flag) => (flag.startsWith('file=') ? [flag.slice('file='.length)] : []))
      if (file) writeFileSync(join(cwd, file), block.code)
      if (block.flags.includes('background')) {
        const program = await Program.start('sh', ['-c', `exec ${block.code.replace(/^npx /, '').trim()} 2>&1`], {
          cwd,
          env,
        })
        onTestFinished(async () => {
          await program.stop()
        })
        await program.waitForOutput(/\n/, 30_000)
        background = program
      } else if (block.flags.includes('run')) {
        const exit = await execute(block, cwd, env)
        expect(exit, `${block.page}:${block.line}`).toMatchObject({ code: 0, stderr: '' })
        printed = exit.stdout
      } else if (block.flags.includes('shows')) {
        await background?.waitForOutput(block.code, 30_000)
      } else if (block.flags.includes('output')) {
        expect(printed.trimEnd(), `${block.page}:${block.line}`).toBe(block.code.trimEnd())
      }
    }
  },
  240_000,
)

function execute(block: CodeBlock, cwd: string, env: NodeJS.ProcessEnv) {
  if (block.language === 'sh') return run('sh', ['-e', '-c', block.code], { cwd, env, timeoutMs: 120_000 })
  const program = join(cwd, 'program.mjs')
  writeFileSync(program, block.code)
  return run(process.execPath, [program], { cwd, env, timeoutMs: 120_000 })
}

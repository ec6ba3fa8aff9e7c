import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startStore } from '@waypost/testkit'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { packedPackages } from '../../../../scripts/packed.js'
import { followGuide } from './follow-guide.test-support.ts'
import { readPages } from './pages.test-support.ts'

const executed = new Set(['run', 'background', 'output'])
const guides = readPages().filter(
  ({ path, blocks }) =>
    !path.endsWith('.zh-CN.md') && blocks.some(({ flags }) => flags.some((flag) => executed.has(flag))),
)
const { bin, home } = await packedPackages()
let commands: string

beforeAll(() => {
  commands = mkdtempSync(join(home, 'bin-'))
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
    const cwd = mkdtempSync(join(home, 'guide-'))
    onTestFinished(() => rmSync(cwd, { recursive: true, force: true }))
    const store = await startStore()
    onTestFinished(() => store.close())
    const env = {
      ...process.env,
      WAYPOST_ENDPOINTS: store.url,
      NODE_OPTIONS: '',
      PATH: `${commands}:${process.env.PATH}`,
    }
    await followGuide(blocks, cwd, env)
  },
  240_000,
)

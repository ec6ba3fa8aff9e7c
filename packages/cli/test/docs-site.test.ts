import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeTempDir, removeTempDir, run } from '@waypost/testkit'
import { expect, onTestFinished, test } from 'vitest'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** A build takes a minute or two, so it is a part of `npm run test:long`; links are checked in every run. */
const isLong = process.env.WAYPOST_LONG !== undefined

test.skipIf(!isLong)(
  'the docs site builds without a warning, with the API reference from the doc comments',
  async () => {
    const out = makeTempDir('docs-site')
    onTestFinished(() => removeTempDir(out))
    const install = await run(process.execPath, ['scripts/setup.js', 'docs'], { cwd: root, timeoutMs: 180_000 })
    expect(install.code, install.stderr).toBe(0)
    const exit = await run(process.execPath, ['docs/site/build.js', out], { cwd: root, timeoutMs: 300_000 })
    const output = exit.stdout + exit.stderr
    expect(exit.code, output).toBe(0)
    expect(output).not.toMatch(/warn|\(!\)/i)
    const page = (path: string) => readFileSync(join(out, path), 'utf8')
    expect(page('reference/errors.html')).toContain('outcome-unknown')
    expect(page('zh/index.html')).toContain('lang="zh-CN"')
    const chunks = join(out, 'assets/chunks')
    const search = readdirSync(chunks).find((name) => name.startsWith('VPLocalSearchBox')) ?? ''
    expect(readFileSync(join(chunks, search), 'utf8')).toMatch(/\{zh:\(\)=>/)
    expect(page('api/@waypost/registry.html')).toContain('How calls are spread over the instances of a service.')
  },
  500_000,
)

import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Program, removeTempDir, run, startStore, until } from '@waypost/testkit'
import { expect, it } from 'vitest'
import { connect } from 'waypost'

const root = fileURLToPath(new URL('../../..', import.meta.url))

function projectIn(page: string): string {
  const text = readFileSync(join(root, 'docs', 'guides', page), 'utf8')
  return /```sh\n(mkdir -p orders[\s\S]*?)```/.exec(text)?.[1] ?? ''
}

it('the project of the guide builds as CommonJS, starts, registers itself and reads its configuration', async () => {
  const script = projectIn('nestjs.md')
  expect(projectIn('nestjs.zh-CN.md')).toBe(script)
  // Beside the packages, so that what is imported is found as in a project that has installed them.
  const cache = join(root, 'node_modules', '.cache')
  mkdirSync(cache, { recursive: true })
  const directory = mkdtempSync(join(cache, 'waypost-nest-'))
  const store = await startStore()
  const waypost = await connect({ endpoints: store.url, env: {} })
  let program: Program | undefined
  try {
    expect(await run('sh', ['-e', '-c', script], { cwd: directory, timeoutMs: 30_000 })).toMatchObject({ code: 0 })
    const project = join(directory, 'orders')
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    const built = await run(process.execPath, [tsc, '-p', project], { cwd: project, timeoutMs: 120_000 })
    expect(built).toMatchObject({ code: 0, stdout: '' })
    expect(readFileSync(join(project, 'dist', 'main.js'), 'utf8')).toContain('require("@nestjs/core")')
    await waypost.config.set('orders/application.yaml', 'pageSize: 5')
    const env = { ...process.env, WAYPOST_ENDPOINTS: store.url }
    program = await Program.start(process.execPath, [join(project, 'dist', 'main.js')], { env })
    await using view = await waypost.registry.discover('orders', { subscribe: false })
    const [instance] = await until('it is registered', () => view.instances.length > 0 && view.instances)
    const response = await fetch(`http://127.0.0.1:${instance?.port}/orders`)
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({ code: 'no-instance' })
  } finally {
    await program?.kill()
    await waypost.close()
    await store.close()
    await removeTempDir(directory)
  }
})

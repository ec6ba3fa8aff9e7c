import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const entryPoint = new URL('../dist/index.js', import.meta.url).href

const program = `
const before = new Set(process.moduleLoadList)
const { EmbeddedServer } = await import('${entryPoint}')
const store = await EmbeddedServer.start({ memory: true, port: 0 })
console.log(JSON.stringify(process.moduleLoadList.filter((name) => !before.has(name))))
await store.close()
`

it('starts a store in memory without what few stores need: HTTP, TLS, compression, threads', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program])
  const loaded: readonly string[] = JSON.parse(stdout)
  expect(loaded).toContain('NativeModule net')
  for (const late of ['http', 'http2', 'tls', 'zlib', 'worker_threads'])
    expect(loaded).not.toContain(`NativeModule ${late}`)
})

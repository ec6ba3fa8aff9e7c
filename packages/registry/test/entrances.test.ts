import { fileURLToPath } from 'node:url'
import { run } from '@waypost/testkit'
import { expect, it } from 'vitest'

const here = fileURLToPath(new URL('.', import.meta.url))

it('importing the registry loads no library for calling', async () => {
  const script = `
    import { createRequire } from 'node:module'
    import '@waypost/registry'
    const loaded = Object.keys(createRequire(import.meta.url).cache)
    console.log(loaded.filter((file) => /node_modules.(undici|axios|@grpc)/.test(file)).length)
  `
  const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: here })
  expect({ stdout: stdout.trim(), stderr }).toEqual({ stdout: '0', stderr: '' })
})

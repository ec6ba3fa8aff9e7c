import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { EmbeddedServer } from '@waypost/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recordSkip } from '../src/etcd/require-or-skip.ts'
import { run } from '../src/process/program.ts'
import { startStore } from '../src/start-store.ts'

const reference = readFileSync(new URL('../../../docs/reference/http.md', import.meta.url), 'utf8')
const examples = [...reference.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text = '']) => text)
const [logins, others] = [
  examples.filter((text) => text.includes('TOKEN')),
  examples.filter((text) => !text.includes('TOKEN')),
]

const hasCurl = spawnSync('curl', ['--version']).status === 0
if (!hasCurl && process.env.CI === 'true') throw new Error('The examples of the HTTP reference need curl.')
if (!hasCurl) recordSkip('the examples of the HTTP reference', 'there is no curl')

describe.skipIf(!hasCurl)('the examples in docs/reference/http.md', () => {
  let store: EmbeddedServer

  beforeAll(async () => {
    store = await startStore()
  })

  afterAll(async () => {
    await store.close()
  })

  /** What each command of the example printed. */
  async function shell(url: string, script: string): Promise<string> {
    const { code, stdout, stderr } = await run('sh', ['-e', '-c', script.replaceAll('http://127.0.0.1:2379', url)], {
      env: process.env,
    })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    return stdout
  }

  it('there are some', () => {
    expect(others.length).toBeGreaterThan(5)
    expect(logins).toHaveLength(1)
  })

  it.each(others)('%s', async (script) => {
    const printed = await shell(store.url, script)
    expect(printed).not.toBe('')
    expect(printed).not.toContain('"error"')
    if (script.includes('"value":"d29ybGQ="')) expect(printed).toContain('"count":"1"')
    if (script.includes('"compare"')) expect(printed).toContain('"succeeded":true')
    if (script.includes('/v3/watch')) expect(printed).toContain('"value":"d29ybGQ="')
    if (script.includes('keepalive')) expect(printed).toContain('"TTL":"60"')
  })

  it('the login', async () => {
    await using guarded = await startStore({ rootPassword: 'secret' })
    const [login = '', use = ''] = logins.join('').split('\n')
    const { token } = JSON.parse(await shell(guarded.url, login))
    expect(await shell(guarded.url, use.replace('$TOKEN', token))).toContain('"header"')
  })
})

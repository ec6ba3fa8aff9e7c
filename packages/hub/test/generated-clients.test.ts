import { writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { recordSkip, run } from '@waypost/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type RunningHub, startStoreAndHub } from '../src/hub.test-support.ts'

const isLong = process.env.WAYPOST_LONG !== undefined
/** The generators come from registries, once. */
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'waypost', 'hub-clients')
const timeoutMs = 170_000

const inTypeScript = `import createClient from 'openapi-fetch'
import type { paths } from './schema.js'

const [, , baseUrl = ''] = process.argv
const hub = createClient<paths, 'application/json' | 'application/problem+json'>({ baseUrl })
const applied = await hub.PUT('/v1/names/{name}', { params: { path: { name: 'typed' } }, body: { owner: 'ts' } })
if (applied.error) throw new Error(applied.error.detail)
const instance = { host: '10.0.0.1', port: 80, ttlSeconds: 60 }
const registered = await hub.POST('/v1/names/{name}/instances', { params: { path: { name: 'typed' } }, body: instance })
if (registered.error) throw new Error(registered.error.detail)
const listed = await hub.GET('/v1/names/{name}/instances', { params: { path: { name: 'typed' }, query: { status: 'any' } } })
const ids: string[] = listed.data?.instances.map(({ id }) => id) ?? []
const missing = await hub.GET('/v1/names/{name}', { params: { path: { name: 'nobodys' } } })
console.log(applied.data.owner, ids.join(), missing.error?.code)
`

const inPython = `import sys
from waypost_hub_client import Client
from waypost_hub_client.api.names import names_apply, names_list, names_register_unnamed, names_show
from waypost_hub_client.models import NamesApplyBody, NamesRegisterUnnamedBody, Problem

hub = Client(base_url=sys.argv[1])
applied = names_apply.sync("python", client=hub, body=NamesApplyBody(owner="py"))
names_register_unnamed.sync("python", client=hub, body=NamesRegisterUnnamedBody(host="10.0.0.1", port=80, ttl_seconds=60))
listed = names_list.sync("python", client=hub)
missing = names_show.sync("nobodys", client=hub)
assert isinstance(missing, Problem), missing
print(applied.owner, ",".join(one.id for one in listed.instances), missing.code)
`

let running: RunningHub

beforeAll(async () => {
  running = await startStoreAndHub()
})

afterAll(() => running[Symbol.asyncDispose]())

async function tool(cwd: string, command: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(command, args, { cwd, env: process.env, timeoutMs })
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}\n${stderr}`)
  return stdout
}

/** A directory of the cache; `undefined` where the tools cannot be had. */
async function prepared(name: string, what: string, install: (cwd: string) => Promise<unknown>) {
  const cwd = join(cache, name)
  try {
    await run('mkdir', ['-p', cwd])
    await install(cwd)
    return cwd
  } catch (error) {
    recordSkip(what, String(error).split('\n')[0] ?? '')
    return undefined
  }
}

it.skipIf(!isLong)(
  'a client that is generated in TypeScript fits, and works',
  async () => {
    const cwd = await prepared('typescript', 'a generated client in TypeScript', async (to) => {
      writeFileSync(join(to, 'package.json'), '{"private":true,"type":"module"}')
      const packages = ['openapi-typescript@7', 'openapi-fetch@0.17', 'typescript@5', '@types/node@20']
      await tool(to, 'npm', 'install', '--no-audit', '--no-fund', ...packages)
    })
    if (cwd === undefined) return
    writeFileSync(join(cwd, 'use.ts'), inTypeScript)
    await tool(cwd, 'npx', 'openapi-typescript', `${running.hub.url}/openapi.json`, '-o', 'schema.ts')
    const strict = ['--strict', '--module', 'nodenext', '--target', 'es2022', '--skipLibCheck', '--outDir', 'out']
    await tool(cwd, 'npx', 'tsc', ...strict, 'use.ts')
    expect(await tool(cwd, 'node', 'out/use.js', running.hub.url)).toBe('ts 10.0.0.1:80 not-found\n')
  },
  300_000,
)

it.skipIf(!isLong)(
  'a client that is generated in Python fits, and works',
  async () => {
    const cwd = await prepared('python', 'a generated client in Python', async (to) => {
      await tool(to, 'python3', '-m', 'venv', 'venv')
      await tool(to, 'venv/bin/pip', 'install', '--quiet', 'openapi-python-client')
    })
    if (cwd === undefined) return
    const document = ['--url', `${running.hub.url}/openapi.json`, '--output-path', 'client', '--overwrite']
    await tool(cwd, 'venv/bin/openapi-python-client', 'generate', ...document)
    const client = join(cwd, 'client')
    writeFileSync(join(client, 'use.py'), inPython)
    expect(await tool(client, '../venv/bin/python', 'use.py', running.hub.url)).toBe('py 10.0.0.1:80 not-found\n')
  },
  300_000,
)

import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { EtcdClient } from '@waypost/client'
import { afterEach, expect, test } from 'vitest'
import { type RunningHub, startStoreAndHub } from '../src/hub.test-support.ts'
import type { McpMode } from '../src/mcp/mcp-mode.ts'
import { operationList } from '../src/operations/operation-list.ts'

const rootPassword = 'secret-of-root'
const open: { close(): Promise<unknown> }[] = []

afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close()
})

async function running(mcp: McpMode, password?: string): Promise<{ hub: RunningHub; etcd: EtcdClient }> {
  const hub = await startStoreAndHub(password === undefined ? { mcp } : { mcp, rootPassword: password })
  open.push({
    close: async () => {
      await hub[Symbol.asyncDispose]()
    },
  })
  const auth = password === undefined ? undefined : { username: 'root', password }
  const etcd = new EtcdClient({ endpoints: hub.store.url, auth })
  open.push(etcd)
  return { hub, etcd }
}

async function assistant({ hub }: RunningHub, login?: string): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' })
  const headers: Record<string, string> =
    login === undefined ? {} : { authorization: `Basic ${Buffer.from(login).toString('base64')}` }
  await client.connect(new StreamableHTTPClientTransport(new URL(`${hub.url}/mcp`), { requestInit: { headers } }))
  open.push(client)
  return client
}

function textOf(result: Awaited<ReturnType<Client['callTool']>>): string {
  const [first] = Array.isArray(result.content) ? result.content : []
  return first?.type === 'text' ? first.text : ''
}

test('an assistant reads, and changes nothing unless that is switched on', async () => {
  const { hub, etcd } = await running('read')
  await etcd.kv.put('/services/user/a', JSON.stringify({ host: '10.0.0.1', port: 80 }))
  const client = await assistant(hub)
  const { tools } = await client.listTools()
  expect(tools.every(({ annotations }) => annotations?.readOnlyHint === true)).toBe(true)
  const names = tools.map(({ name }) => name)
  expect(names).toContain('names_list')
  expect(names).toContain('config_explain')
  expect(names).not.toContain('webhooks_create')
  const listed = await client.callTool({ name: 'names_list', arguments: { name: 'user', status: 'any' } })
  expect(JSON.parse(textOf(listed))).toMatchObject({ instances: [{ id: 'a', address: '10.0.0.1:80' }] })
  expect(await client.callTool({ name: 'webhooks_create', arguments: {} })).toMatchObject({ isError: true })
  const wrong = await client.callTool({ name: 'names_list', arguments: { name: 'user', colour: 'red' } })
  expect(wrong.isError).toBe(true)
  expect(JSON.parse(textOf(wrong))).toMatchObject({ code: 'invalid-argument' })
})

test('every tool is an operation, with a name and a schema that clients take', async () => {
  const { hub } = await running('write')
  const { tools } = await (await assistant(hub)).listTools()
  const ids = new Set(operationList.map(({ id }) => id.replaceAll('.', '_')))
  for (const { name, inputSchema } of tools) {
    expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)
    expect(ids.has(name)).toBe(true)
    expect(inputSchema.type).toBe('object')
  }
  expect(tools.length).toBeGreaterThan(30)
})

test('an assistant drafts a change for a person to approve', async () => {
  const { hub } = await running('draft')
  const client = await assistant(hub)
  const names = (await client.listTools()).tools.map(({ name }) => name)
  expect(names).toContain('config_saveDraft')
  expect(names).not.toContain('config_publish')
})

test('the rights are those of the login, and without one there are none', async () => {
  const { hub, etcd } = await running('write', rootPassword)
  await etcd.auth.users.add('nobody', 'a long password')
  await expect(assistant(hub)).rejects.toThrow(/401|unauthenticated|Log in/i)
  const nobody = await assistant(hub, 'nobody:a long password')
  const denied = await nobody.callTool({ name: 'names_list', arguments: { name: 'user' } })
  expect(denied.isError).toBe(true)
  expect(JSON.parse(textOf(denied))).toMatchObject({ code: 'permission-denied' })
  const root = await assistant(hub, `root:${rootPassword}`)
  const allowed = await root.callTool({ name: 'names_list', arguments: { name: 'user' } })
  expect(JSON.parse(textOf(allowed))).toMatchObject({ instances: [] })
})

test('a cookie alone is no login here', async () => {
  const { hub } = await running('read', rootPassword)
  const login = await fetch(`${hub.hub.url}/v1/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user: 'root', password: rootPassword }),
  })
  const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  expect(cookie).toContain('waypost_session')
  const answer = await fetch(`${hub.hub.url}/mcp`, {
    method: 'POST',
    headers: { cookie, 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
  })
  expect(answer.status).toBe(401)
})

test('it can be switched off', async () => {
  const { hub } = await running('off')
  expect((await fetch(`${hub.hub.url}/mcp`, { method: 'POST', body: '{}' })).status).toBe(404)
})

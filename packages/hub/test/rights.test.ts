import { EtcdClient } from '@waypost/client'
import { ConfigCenter } from '@waypost/config/admin'
import { Coordination } from '@waypost/coordination'
import { Registry } from '@waypost/registry'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningHub, startStoreAndHub } from '../src/hub.test-support.ts'
import type { Operation, OperationExample } from '../src/operation/operation.ts'
import { operationList } from '../src/operations/operation-list.ts'
import { preparations } from './prepared/preparations.ts'
import type { PreparedStore } from './prepared/prepare.ts'

const password = 'a long password'

const tags = [...new Set(operationList.map(({ tag }) => tag))]

describe.each(tags)('the operations on %s', (tag) => {
  let running: RunningHub
  let store: PreparedStore & AsyncDisposable

  beforeAll(async () => {
    running = await startStoreAndHub({ rootPassword: password, sessionSecret: 's'.repeat(32) })
    store = storeOf(running.store.url)
    await store.etcd.auth.users.add('nobody', password)
  })

  afterAll(async () => {
    await store[Symbol.asyncDispose]()
    await running[Symbol.asyncDispose]()
  })

  it.each(operationList.filter((operation) => operation.tag === tag).map((operation) => [operation.id, operation]))(
    '%s is for those who have its permission, and for nobody else',
    async (_id, operation) => {
      const { permission } = operation
      const prepare = preparations[operation.id]
      const prepared = { ...operation.example, ...(await prepare?.(store)) }
      const refused = await call(running.hub.url, operation, prepared, 'nobody')
      const asNobody = await outcomeOf(refused)
      if (permission === 'anyone' || permission === 'user') expect(asNobody, asNobody.text).toMatchObject({ ok: true })
      else expect(asNobody, asNobody.text).toMatchObject({ status: 403, code: 'permission-denied' })
      const anonymous = await outcomeOf(await call(running.hub.url, operation, prepared, undefined))
      if (permission === 'anyone') expect(anonymous.status).not.toBe(401)
      else expect(anonymous).toMatchObject({ status: 401, code: 'unauthenticated' })
      const again = { ...operation.example, ...(await prepare?.(store)) }
      const user = permission === 'root' ? 'root' : await userWithOnly(store.etcd, operation, again)
      const permitted = await outcomeOf(await call(running.hub.url, operation, again, user))
      expect(permitted, permitted.text).toMatchObject({ ok: true })
    },
  )
})

function storeOf(url: string): PreparedStore & AsyncDisposable {
  const etcd = new EtcdClient({ endpoints: url, auth: { username: 'root', password } })
  const registry = new Registry(etcd)
  const config = new ConfigCenter(etcd)
  const coordination = new Coordination(etcd)
  return {
    etcd,
    registry,
    config,
    coordination,
    async [Symbol.asyncDispose]() {
      await Promise.all([registry.close(), config.close(), coordination.close()])
      await etcd.close()
    },
  }
}

/** A user whose only role has exactly the rights that the operation says it needs. */
async function userWithOnly(etcd: EtcdClient, operation: Operation, example: OperationExample): Promise<string> {
  const { id, permission } = operation
  await etcd.auth.roles.add(id)
  const accesses = new Map<string, 'read' | 'write' | 'readwrite'>()
  for (const { access, key, prefix } of Array.isArray(permission) ? permission : []) {
    const range = key === undefined ? { prefix: filled(prefix ?? '', example) } : { key: filled(key, example) }
    // A grant on a range takes the place of an earlier one.
    const name = JSON.stringify(range)
    const both = accesses.has(name) && accesses.get(name) !== access ? 'readwrite' : access
    accesses.set(name, both)
    await etcd.auth.roles.grant(id, both, range)
  }
  await etcd.auth.users.add(id, password)
  await etcd.auth.users.grantRole(id, id)
  return id
}

function filled(text: string, { params, query }: OperationExample): string {
  return text.replace(/\{(\w+)\}/g, (_match, name: string) => params?.[name] ?? query?.[name] ?? '')
}

function call(
  url: string,
  { method, path }: Operation,
  { params, query, body }: OperationExample,
  user: string | undefined,
): Promise<Response> {
  const route = path.replace(/\{(\w+)\}/g, (_match, name: string) => encodeURIComponent(params?.[name] ?? ''))
  const search = new URLSearchParams(query).toString()
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  return fetch(`${url}${route}${search === '' ? '' : `?${search}`}`, {
    method,
    headers: {
      ...(user === undefined ? {} : { authorization }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: body === undefined ? null : JSON.stringify(body),
  })
}

async function outcomeOf(answer: Response): Promise<{ ok: boolean; status: number; code?: unknown; text: string }> {
  const text = await answer.text()
  const isProblem = answer.headers.get('content-type')?.includes('problem') === true
  const problem: unknown = isProblem ? JSON.parse(text) : undefined
  const code = typeof problem === 'object' && problem !== null && 'code' in problem ? problem.code : undefined
  return { ok: answer.ok, status: answer.status, code, text: answer.ok ? '' : text }
}

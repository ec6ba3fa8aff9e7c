import { X509Certificate } from 'node:crypto'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import { EtcdClient } from '@waypost/client'
import { ConfigCenter } from '@waypost/config/admin'
import { Registry } from '@waypost/registry'
import { type Authority, makeAuthority, patienceMs, startStore } from '@waypost/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { RoutesDocument } from '../src/document/routes-document.ts'
import { createGateway, type Gateway } from '../src/gateway.ts'

let authority: Authority
let close: () => Promise<void>
let gateway: Gateway
let port: number

const routes: RoutesDocument = {
  policies: {
    team: { clientCertificate: { subjects: ['CN=worker'], subjectHeader: 'x-client' } },
  },
  routes: {
    open: { answer: { body: 'open' } },
    closed: { path: { prefix: '/closed' }, policies: ['team'], answer: { body: 'closed' } },
  },
}

beforeAll(async () => {
  authority = await makeAuthority()
  const store = await startStore()
  const etcd = new EtcdClient({ endpoints: store.url })
  const waypost = { registry: new Registry(etcd), config: new ConfigCenter(etcd) }
  const certificates = await Promise.all([authority.issue('shop.example.com'), authority.issue('*.api.example.com')])
  gateway = await createGateway({
    waypost,
    routes,
    timeoutMs: patienceMs,
    tls: { certificates, clientCa: authority.ca },
  })
  port = await gateway.listen({ port: 0 })
  close = async () => {
    await gateway.close()
    await Promise.all([waypost.registry.close(), waypost.config.close()])
    await etcd.close()
    await store.close()
    await authority[Symbol.asyncDispose]()
  }
})

afterAll(() => close())

/** One request over a connection of its own: the name that was certified, and the answer. */
async function ask(servername: string, path = '/', options: ConnectionOptions = {}) {
  const socket = connectTls({
    port,
    host: '127.0.0.1',
    servername,
    ca: authority.ca,
    ALPNProtocols: ['http/1.1'],
    ...options,
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', resolve)
    socket.once('error', reject)
  })
  const { raw } = socket.getPeerCertificate(true)
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${servername}\r\nConnection: close\r\n\r\n`)
  let answer = ''
  for await (const chunk of socket) answer += String(chunk)
  const certificate = new X509Certificate(raw)
  return { name: certificate.subject, serial: certificate.serialNumber, status: Number(answer.slice(9, 12)) }
}

it('shows the certificate of the name that a client asks for, and the first one for others', async () => {
  expect(await ask('shop.example.com')).toMatchObject({ name: 'CN=shop.example.com', status: 200 })
  expect(await ask('orders.api.example.com')).toMatchObject({ name: 'CN=*.api.example.com', status: 200 })
  const stranger = { rejectUnauthorized: false }
  expect(await ask('other.example.org', '/', stranger)).toMatchObject({ name: 'CN=shop.example.com', status: 200 })
})

it('takes client certificates of its authority for what they say, and no others', async () => {
  const [worker, other] = await Promise.all([authority.issue('worker'), authority.issue('intruder')])
  await using foreign = await makeAuthority()
  const forged = await foreign.issue('worker')
  const closed = async (pair?: { readonly cert: string | Buffer; readonly key: string | Buffer }): Promise<number> =>
    (await ask('shop.example.com', '/closed', { cert: pair?.cert, key: pair?.key })).status
  expect(await closed(worker)).toBe(200)
  expect(await closed(other)).toBe(403)
  expect(await closed(forged)).toBe(403)
  expect(await closed()).toBe(403)
})

it('serves renewed certificates to the connections that come from then on, and keeps the old ones for bad ones', async () => {
  const { serial } = await ask('shop.example.com')
  const renewed = await authority.issue('shop.example.com')
  gateway.replaceCertificates([renewed])
  const now = await ask('shop.example.com')
  expect(now).toMatchObject({ name: 'CN=shop.example.com', status: 200 })
  expect(now.serial).not.toBe(serial)
  const { key } = await authority.issue('shop.example.com')
  expect(() => gateway.replaceCertificates([{ cert: renewed.cert, key }])).toThrow('cannot be used')
  expect((await ask('shop.example.com')).serial).toBe(now.serial)
})

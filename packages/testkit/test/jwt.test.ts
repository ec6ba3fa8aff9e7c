import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EtcdClient } from '@waypost/client'
import { Auth, AuthUserGetRequest } from '@waypost/protocol'
import { StatusCode } from '@waypost/rpc'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AuthAdmin } from '../src/contract/auth-admin.ts'
import { expectRefusal } from '../src/contract/expect-refusal.ts'
import { requireOrSkip } from '../src/etcd/require-or-skip.ts'
import { startEtcd } from '../src/etcd/start-etcd.ts'
import { makeTempDir, removeTempDir } from '../src/process/temp-dir.ts'
import { startStore } from '../src/start-store.ts'
import { Wire } from '../src/wire/wire.ts'

const runs = requireOrSkip('JSON Web Tokens beside etcd', 'etcd')

interface Store {
  readonly url: string
  close(): Promise<void>
}

const old = (call: Promise<unknown>): Promise<void> =>
  expectRefusal(call, StatusCode.INVALID_ARGUMENT, 'etcdserver: revision of auth store is old')
const bad = (call: Promise<unknown>): Promise<void> =>
  expectRefusal(call, StatusCode.UNAUTHENTICATED, 'etcdserver: invalid auth token')

// PS256, because etcd's signatures with it are not of the usual form.
describe.skipIf(!runs).each([['RS256'], ['PS256'], ['ES256']])('tokens signed with %s', (signMethod) => {
  let directory: string
  const stores: [name: string, store: Store][] = []
  const wires: Wire[] = []

  beforeAll(async () => {
    directory = makeTempDir('jwt')
    const pair = signMethod.startsWith('ES')
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 })
    const publicKeyFile = join(directory, 'key.pub')
    const privateKeyFile = join(directory, 'key')
    const form = signMethod.startsWith('ES') ? 'sec1' : 'pkcs1'
    writeFileSync(publicKeyFile, pair.publicKey.export({ type: 'spki', format: 'pem' }))
    writeFileSync(privateKeyFile, pair.privateKey.export({ type: form, format: 'pem' }))
    const keys = `pub-key=${publicKeyFile},priv-key=${privateKeyFile}`
    const args = ['--bcrypt-cost', '4', '--auth-token', `jwt,${keys},sign-method=${signMethod},ttl=10m`]
    const [etcd, embedded] = await Promise.all([
      startEtcd({ args }),
      startStore({ authToken: { kind: 'jwt', signMethod, publicKeyFile, privateKeyFile, ttlSeconds: 600 } }),
    ])
    stores.push(['etcd', etcd], ['embedded', embedded])
    for (const [, { url }] of stores) wires.push(new Wire(url))
  })

  afterAll(async () => {
    await Promise.all(wires.map((wire) => wire.close()))
    await Promise.all(stores.map(([, store]) => store.close()))
    await removeTempDir(directory)
  })

  /** The same on both, which keeps their auth revisions equal; the answers are compared. */
  async function onBoth<T>(act: (wire: Wire) => Promise<T>): Promise<[T, T]> {
    const [etcd, embedded] = wires
    if (!etcd || !embedded) throw new Error('The stores have not started.')
    return Promise.all([act(etcd), act(embedded)])
  }

  const rootTokens = (): Promise<[string, string]> =>
    onBoth(async (wire) => (await new AuthAdmin(wire).authenticate('root', 'guang')).token)

  it('count on the server that made them, and on the other', async () => {
    await onBoth((wire) => new AuthAdmin(wire).enableWithRoot('guang'))
    const tokens = await rootTokens()
    for (const token of tokens) await onBoth((wire) => wire.withToken(token).range('a'))
    const [theirs, ours] = tokens.map((token) =>
      JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()),
    )
    expect(ours).toEqual({ ...theirs, exp: expect.any(Number) })
    expect(Math.abs(ours.exp - theirs.exp)).toBeLessThanOrEqual(10)
  })

  it('are too old for keys after a change of the auth store, but not for administering it', async () => {
    const tokens = await rootTokens()
    const aged = (wire: Wire): Wire => wire.withToken(tokens[wires.indexOf(wire)] ?? '')
    const { 0: lease } = await onBoth((wire) => aged(wire).grant(60n, 77n))
    await onBoth((wire) => aged(wire).put('leased', '1', { lease: lease.id }))
    await onBoth((wire) => new AuthAdmin(aged(wire)).addRole('one'))
    await onBoth((wire) => old(aged(wire).range('a')))
    await onBoth((wire) => old(aged(wire).put('a', '1')))
    await onBoth((wire) => old(aged(wire).delete('a')))
    await onBoth((wire) => old(aged(wire).txn({})))
    await onBoth((wire) => aged(wire).timeToLive(lease.id, { keys: true }))
    await onBoth((wire) => aged(wire).revoke(lease.id))
    await onBoth((wire) => new AuthAdmin(aged(wire)).addRole('two'))
    await onBoth((wire) => aged(wire).call(Auth.userGet, AuthUserGetRequest.create({ name: 'root' })))
    await onBoth((wire) => aged(wire).grant(60n))
    await onBoth((wire) => aged(wire).timeToLive(5n))
    const watches = await onBoth(async (wire) => {
      const stream = aged(wire).watch()
      const { canceled, cancelReason } = await stream.create('a')
      await stream.close()
      return { canceled, cancelReason }
    })
    expect(watches[1]).toEqual(watches[0])
    expect(watches[1]).toMatchObject({ canceled: true, cancelReason: expect.stringContaining('auth store is old') })
  })

  it('that are forged are refused', async () => {
    const [, token] = await rootTokens()
    const [header, payload, signature = ''] = token.split('.')
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')
    const forgeries = [
      `${none}.${payload}.`,
      `${header}.${payload}.`,
      `${header}.${payload}.${signature.slice(2)}`,
      'a.b.c',
    ]
    for (const forgery of forgeries) await onBoth((wire) => bad(wire.withToken(forgery).range('a')))
  })

  it('are replaced by the client when they have become too old, for calls and for watches', async () => {
    for (const [, { url }] of stores) {
      await using client = new EtcdClient({ endpoints: [url], auth: { username: 'root', password: 'guang' } })
      await client.kv.put('a', '1')
      await using before = client.watch({ key: 'a' })
      await before.started
      const lease = await client.leases.grant({ ttlSeconds: 60 })
      await client.kv.put('leased', '', { lease: lease.id })
      await client.auth.roles.add('three')
      expect(await lease.keepAliveOnce()).toBe(60)
      await client.auth.roles.add('four')
      await client.kv.put('a', '2')
      await using after = client.watch({ key: 'a' }, { startRevision: 1 })
      const values: (string | undefined)[] = []
      for await (const { events } of after) {
        values.push(...events.map(({ kv }) => kv.text()))
        if (values.length === 2) break
      }
      expect(values).toEqual(['1', '2'])
    }
  })
})

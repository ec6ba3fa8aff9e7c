import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { EmbeddedServer } from '@waypost/server'
import { patienceMs, startStore } from '@waypost/testkit'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { connect } from './connect.ts'
import { gatewayCheckName } from './gateway-check.ts'

describe('connect', () => {
  let store: EmbeddedServer

  beforeAll(async () => {
    store = await startStore()
  })

  afterAll(async () => {
    await store.close()
  })

  it('opens registry, configuration and client on one store', async () => {
    await using waypost = await connect({ endpoints: store.url, env: {} })
    await using registration = await waypost.registry.register({ service: 'user', id: 'a', port: 3000 })
    const users = await waypost.registry.discover('user')
    expect(users.pick()?.id).toBe('a')
    await waypost.config.set('greeting', 'hello')
    expect((await waypost.etcd.kv.get('/config/greeting'))?.text()).toBe('hello')
    expect((await waypost.etcd.kv.get(registration.key))?.json()).toMatchObject({ port: 3000 })
  })

  it('publishes routes that a gateway can use, and refuses others with their place', async () => {
    await using waypost = await connect({ endpoints: store.url, env: {} })
    const { config } = waypost
    await config.schemas.set('gateway/routes.yaml', { type: 'object', 'x-waypost-check': gatewayCheckName })
    const routes = (policy: string): string =>
      `policies: { staff: { addresses: { allow: [10.0.0.0/8] } } }\nroutes:\n  shop: { policies: [${policy}], answer: { body: hi } }\n`
    expect(await config.set('gateway/routes.yaml', routes('staff'))).toMatchObject({ release: 1 })
    await expect(config.set('gateway/routes.yaml', routes('stuff'))).rejects.toThrow(
      'gateway/routes.yaml:3:22: routes.shop.policies.0: There is no policy stuff; perhaps staff is meant.',
    )
    vi.doMock('@waypost/gateway', () => {
      throw new Error("Cannot find package '@waypost/gateway'")
    })
    onTestFinished(() => vi.doUnmock('@waypost/gateway'))
    await expect(config.set('gateway/routes.yaml', routes('staff, staff'))).rejects.toMatchObject({
      code: 'failed-precondition',
      message: expect.stringContaining('run `npm install @waypost/gateway`'),
    })
  })

  it.each([
    [{ endpoint: 'http://127.0.0.1:1' }, /^connect has no option endpoint;.* Did you mean endpoints\?$/],
    [{ endpoints: 5 }, /^The option endpoints of connect must be text or a list, not a number\.$/],
    [{ timeoutMs: '5' }, /^The option timeoutMs of connect must be a number of milliseconds above 0, not "5"\.$/],
    [null, /^The options of connect must be an object, not null\.$/],
  ])('refuses %o rather than writing to localhost', async (options, message) => {
    const refused: Promise<unknown> = Reflect.apply(connect, undefined, [options])
    await expect(refused).rejects.toMatchObject({ code: 'invalid-argument', message: expect.stringMatching(message) })
  })

  it('hangs everything on one lease, writes it again on one, and takes it away part by part', async () => {
    await using waypost = await connect({ endpoints: store.url, env: {}, ttlSeconds: 4 })
    const { etcd, registry, config } = waypost
    const user = await registry.register({ service: 'user', id: 'a', port: 3000 })
    await registry.register({ service: 'user', id: 'b', port: 3001 })
    await registry.discover('user')
    await config.set('one/application.yaml', 'a: 1')
    await config.load({ app: 'one' })
    const lease = user.lease ?? 0n
    await using other = await connect({ endpoints: store.url, env: {} })
    const { leases } = other.etcd
    /** The keys on each lease that is kept alive: farewells are on another. */
    const kept = async (): Promise<(readonly string[])[]> => {
      const all = await Promise.all((await leases.list()).map((id) => leases.timeToLive(id, { keys: true })))
      return all.flatMap(({ grantedTtlSeconds, keys }) => (grantedTtlSeconds === 4 ? [keys] : []))
    }
    const onLease = async (): Promise<readonly string[]> => {
      const [only = [], ...more] = await kept()
      expect(more).toEqual([])
      return only
    }
    const folders = async (): Promise<(string | undefined)[]> =>
      (await onLease()).map((key) => /(.*)\/[^/]*$/.exec(key)?.[1]).sort()
    const everything = [
      '/services/user',
      '/services/user',
      '/waypost/config/applied/one/application.yaml',
      '/waypost/config/consumers',
      '/waypost/services/subscribers/user',
    ]
    await expect.poll(folders).toEqual(everything)
    expect((await etcd.leases.timeToLive(lease)).grantedTtlSeconds).toBe(4)

    await other.etcd.leases.revoke(lease)
    await expect.poll(folders).toEqual(everything)
    expect(user.lease).not.toBe(lease)

    await registry.close()
    expect(await folders()).toEqual(everything.slice(2, 4))
    await config.close()
    expect(await kept()).toEqual([])
  })

  it('takes from the environment what it is not given', async () => {
    await using waypost = await connect({ env: { ETCDCTL_ENDPOINTS: store.url, WAYPOST_NAMESPACE: '/prod' } })
    await waypost.config.set('greeting', 'hello from prod')
    await using plain = await connect({ endpoints: store.url, env: {} })
    expect((await plain.etcd.kv.get('/prod/config/greeting'))?.text()).toBe('hello from prod')
  })

  it.each([
    [{ WAYPOST_USER: 'root' }, 'WAYPOST_PASSWORD'],
    [{ WAYPOST_CERT: 'cert.pem' }, 'go together'],
    [{ WAYPOST_CACERT: '/nowhere/ca.pem' }, '/nowhere/ca.pem'],
    [{ WAYPOST_TIMEOUT: 'soon' }, 'WAYPOST_TIMEOUT'],
    [{ WAYPOST_ENDPOINTS: 'ftp://x' }, 'ftp://x'],
  ])('says what is wrong with %j', async (env, message) => {
    await expect(connect({ env })).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining(message),
    })
  })

  it('does not need the store to be there at first', async () => {
    await using waypost = await connect({ endpoints: 'http://127.0.0.1:1', timeoutMs: 200, env: {} })
    await expect(waypost.config.get('greeting')).rejects.toMatchObject({ code: 'unavailable' })
  })

  it('deregisters and ends everything with close, once', async () => {
    const waypost = await connect({ endpoints: store.url, env: {} })
    await waypost.registry.register({ service: 'order', port: 1 })
    const watch = waypost.config.watch('greeting')
    const ended = watch.next()
    const view = await waypost.registry.discover('order')
    const changes = view.changes()
    await Promise.all([waypost.close(), waypost.close()])
    expect((await ended).done).toBe(true)
    for await (const _ of changes);
    await using other = await connect({ endpoints: store.url, env: {} })
    expect(await other.etcd.kv.count({ prefix: '/services/order/' })).toBe(0n)
    await expect(waypost.config.get('greeting')).rejects.toMatchObject({ code: 'closed' })
  })

  it('lets a process that used everything end by itself', async () => {
    const program = `
      import { Stopwatch } from '@waypost/testkit'
      import { connect } from 'waypost'
      const waypost = await connect({ endpoints: '${store.url}' })
      const registration = await waypost.registry.register({ service: 'leak', port: 1 })
      const view = await waypost.registry.discover('leak')
      const changes = view.changes()
      await registration.update({ weight: 2 })
      await changes.next()
      await waypost.config.set('leak/application.yaml', 'a: 1')
      const live = await waypost.config.load({ app: 'leak' })
      const watch = waypost.config.watch({ prefix: 'leak/' }, { initial: true })
      await watch.next()
      registration.events()
      live.changes()
      await waypost.close()
      const stopwatch = new Stopwatch()
      process.once('exit', () => console.log(stopwatch.elapsedMs))
    `
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      timeout: patienceMs,
    })
    expect(Number(stdout)).toBeLessThan(1000)
  })
})

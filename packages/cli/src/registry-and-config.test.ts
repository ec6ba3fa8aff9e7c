import { setImmediate } from 'node:timers/promises'
import { EtcdClient } from '@waypost/client'
import {
  type EtcdProcess,
  freePorts,
  type Program,
  type ProgramExit,
  requireOrSkip,
  Stopwatch,
  startEtcd,
} from '@waypost/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startWaypost, waypost } from './waypost.test-support.ts'

describe.skipIf(!requireOrSkip('waypost services, register and config', 'etcd'))('on a store', () => {
  let etcd: EtcdProcess
  let client: EtcdClient

  beforeAll(async () => {
    etcd = await startEtcd()
    client = new EtcdClient({ endpoints: etcd.url })
  })

  afterEach(async () => {
    await client.kv.delete({ all: true })
  })

  afterAll(async () => {
    await client.close()
    await etcd.close()
  })

  function run(args: readonly string[], stdin?: string): Promise<ProgramExit> {
    return waypost(args, { stdin, env: { WAYPOST_ENDPOINTS: etcd.url } })
  }

  function start(...args: string[]): Promise<Program> {
    return startWaypost(args, { env: { WAYPOST_ENDPOINTS: etcd.url } })
  }

  async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
    for (;;) {
      const found = await look()
      if (found !== undefined) return found
    }
  }

  describe('register', () => {
    test('keeps an instance registered until Ctrl+C, and leaves with intent', async () => {
      await using watch = client.watch({ prefix: '/services/user/' })
      await watch.started
      await using program = await start(
        'register',
        'user',
        '127.0.0.1:8080',
        '--id',
        'a',
        '--version',
        '1.4',
        '--zone',
        'z1',
      )
      const record = await until(() => client.kv.get('/services/user/a'))
      expect(record.json()).toMatchObject({ host: '127.0.0.1', port: 8080, version: '1.4', zone: 'z1', status: 'up' })
      expect(record.lease).not.toBe(0n)
      program.signal('SIGINT')
      expect(await program.exited).toMatchObject({ code: 0, stderr: expect.stringContaining('user/a') })
      const seen: string[] = []
      for await (const { events } of watch) {
        seen.push(...events.map(({ type, kv }) => (type === 'put' ? kv.json<{ status: string }>().status : type)))
        if (seen.includes('delete')) break
      }
      expect(seen).toEqual(['up', 'leaving', 'delete'])
      expect(await client.leases.list()).not.toContain(record.lease)
    })

    test('while a command runs, and ends with its exit code', async () => {
      const script = 'process.exit(7)'
      const { code, stdout } = await run(['register', 'user', '127.0.0.1:1', '--', process.execPath, '-e', script])
      expect({ code, stdout }).toEqual({ code: 7, stdout: '' })
      expect(await client.kv.count({ prefix: '/services/' })).toBe(0n)
    })

    test('a signal reaches the command when every consumer has seen it leave, and the record stays until it ends', async () => {
      const subscriber = '/waypost/services/subscribers/user/slow'
      await client.kv.put(subscriber, '{}')
      const script =
        'process.on("SIGTERM", () => console.log("stops")); process.on("SIGUSR2", () => process.exit(3));' +
        'console.log("runs"); setInterval(() => {}, 1000)'
      const program = await start('register', 'user', '127.0.0.1:1', '--id', 'b', '--', process.execPath, '-e', script)
      await program.waitForOutput('runs')
      program.signal('SIGTERM')
      const leaving = await until(async () => {
        const record = await client.kv.get('/services/user/b')
        return record?.text().includes('"leaving"') ? record : undefined
      })
      expect(program.stdout).not.toContain('stops')
      await client.kv.put(subscriber, `{"seen":{"instances":${leaving.modRevision}}}`)
      await program.waitForOutput('stops')
      expect((await client.kv.get('/services/user/b'))?.modRevision).toBe(leaving.modRevision)
      program.signal('SIGUSR2')
      expect(await program.exited).toMatchObject({ code: 3, signal: null, stderr: expect.not.stringContaining('seen') })
      expect(await client.kv.get('/services/user/b')).toBeUndefined()
    })

    test('a second signal waits for nobody', async () => {
      await client.kv.put('/waypost/services/subscribers/user/slow', '{}')
      const script = 'process.on("SIGTERM", () => process.exit(3)); console.log("runs"); setInterval(() => {}, 1000)'
      const program = await start('register', 'user', '127.0.0.1:1', '--id', 'g', '--', process.execPath, '-e', script)
      await program.waitForOutput('runs')
      program.signal('SIGTERM')
      await until(async () => (await client.kv.get('/services/user/g'))?.text().includes('"leaving"') || undefined)
      const stopwatch = new Stopwatch()
      program.signal('SIGTERM')
      expect(await program.exited).toMatchObject({ code: 3, signal: null })
      expect(stopwatch.stop()).toBeLessThan(4_000)
      expect(await client.kv.get('/services/user/g')).toBeUndefined()
    })

    test('a command is up once its port takes connections', async () => {
      const [port = 0] = await freePorts(1)
      const script =
        'process.on("SIGUSR2", () => require("node:net").createServer().listen(+process.argv[1], "127.0.0.1"));' +
        'console.log("runs"); setInterval(() => {}, 1000)'
      const command = [process.execPath, '-e', script, String(port)]
      const program = await start('register', 'user', `127.0.0.1:${port}`, '--id', 'd', '--', ...command)
      await program.waitForOutput('runs')
      const status = async () => (await client.kv.get('/services/user/d'))?.json()
      expect(await status()).toMatchObject({ status: 'starting' })
      program.signal('SIGUSR2')
      await until(async () => (await client.kv.get('/services/user/d'))?.text().includes('"up"') || undefined)
      program.signal('SIGTERM')
      await program.exited
    })

    test('a command whose port stays closed stays starting, and with --wait-timeout 0 nobody waits', async () => {
      const script = 'setInterval(() => {}, 1000)'
      const command = ['--', process.execPath, '-e', script]
      await using late = await start(
        'register',
        'user',
        '127.0.0.1:1',
        '--id',
        'e',
        '--wait-timeout',
        '1ms',
        ...command,
      )
      await until(async () => (await setImmediate(late.stderr.includes('stays "starting"'))) || undefined)
      expect((await client.kv.get('/services/user/e'))?.json()).toMatchObject({ status: 'starting' })
      await using now = await start('register', 'user', '127.0.0.1:1', '--id', 'f', '--wait-timeout', '0', ...command)
      await until(async () => (await client.kv.get('/services/user/f'))?.text().includes('"up"') || undefined)
      expect(now.stderr).not.toContain('starting')
    })

    test('a command that a signal ends, and one that is not there', async () => {
      const script = 'process.kill(process.pid, "SIGKILL")'
      expect((await run(['register', 'user', '127.0.0.1:1', '--', process.execPath, '-e', script])).code).toBe(137)
      const missing = await run(['register', 'user', '127.0.0.1:1', '--', 'no-such-program'])
      expect(missing.code).toBe(2)
      expect(missing.stderr).toContain('no-such-program')
      expect(await client.kv.count({ prefix: '/services/' })).toBe(0n)
    })

    test('does not run the command, and fails, when a signal comes before it is registered', async () => {
      const ghost = await client.leases.grant({ ttlSeconds: 60, keepAlive: false })
      await client.kv.put('/services/user/h', '127.0.0.1:2', { lease: ghost.id })
      const before = (await client.leases.list()).length
      const script = 'console.log("runs")'
      const program = await start('register', 'user', '127.0.0.1:1', '--id', 'h', '--', process.execPath, '-e', script)
      await until(async () => ((await client.leases.list()).length > before ? true : undefined))
      program.signal('SIGTERM')
      expect(await program.exited).toMatchObject({ code: 143, stdout: '' })
      await ghost.revoke()
    })

    test('an address, a name or an id that does not work', async () => {
      expect((await run(['register', 'user', '8080'])).code).toBe(2)
      const slash = await run(['register', 'a/b', '127.0.0.1:1'])
      expect(slash.stderr).toMatch(/^error \(invalid-argument\): .*slash.*\n$/)
      await using _ = await start('register', 'user', '127.0.0.1:1', '--id', 'c')
      await until(() => client.kv.get('/services/user/c'))
      const second = await run(['register', 'user', '127.0.0.1:2', '--id', 'c', '--timeout', '20s'])
      expect(second.code).toBe(1)
      expect(second.stderr).toMatch(/^error \(already-exists\): .*\n$/)
    })
  })

  describe('services', () => {
    test('lists services and instances, whoever registered them', async () => {
      expect((await run(['services'])).stdout).toBe('No services.\n')
      expect((await run(['services', '-o', 'json'])).stdout).toBe('[]\n')
      await client.kv.put('/services/user/1', '{"host":"10.0.0.1","port":80,"status":"up"}')
      await client.kv.put('/services/user/2', '10.0.0.2:80')
      await client.kv.put('/services/user-admin/1', 'not an address')
      expect((await run(['services'])).stdout).toBe(
        'SERVICE     INSTANCES  UP  UNREADABLE\nuser        2          2   0\nuser-admin  0          0   1\n',
      )
      expect((await run(['services', 'user'])).stdout).toBe(
        'ID  ADDRESS      STATUS\n1   10.0.0.1:80  up\n2   10.0.0.2:80  up\n',
      )
      const json = await run(['services', 'user', '-w', 'json'])
      expect(JSON.parse(json.stdout)).toMatchObject([
        { id: '1', address: '10.0.0.1:80' },
        { id: '2', address: '10.0.0.2:80' },
      ])
    })

    test('--watch prints a line for each change when nobody looks', async () => {
      await using one = await start('services', 'user', '--watch')
      await using all = await start('services', '--watch')
      await client.kv.put('/services/user/1', '10.0.0.1:80')
      await one.waitForOutput(/^added +1 {2}10\.0\.0\.1:80 {2}up$/m)
      await all.waitForOutput(/^user {2}1 instance, 1 up$/m)
      await client.kv.put('/services/user/1', '10.0.0.1:81')
      await one.waitForOutput(/^changed +1 {2}10\.0\.0\.1:81 {2}up$/m)
      await client.kv.delete('/services/user/1')
      await one.waitForOutput(/^evicted +1 /m)
      await all.waitForOutput(/^user {2}0 instances, 0 up$/m)
      one.signal('SIGINT')
      all.signal('SIGTERM')
      expect(await one.exited).toMatchObject({ code: 0, stderr: '' })
      expect(await all.exited).toMatchObject({ code: 0, stderr: '' })
    })
  })

  describe('services, operated', () => {
    const instance = { host: '10.0.0.1', port: 80, weight: 3 }

    test('drain, disable, weight and enable change what every view shows', async () => {
      await client.kv.put('/services/user/1', JSON.stringify(instance))
      const drained = await run(['services', 'drain', 'user', '1', '--reason', 'disk', '--by', 'ann'])
      expect(drained).toMatchObject({ code: 0, stderr: '' })
      expect(drained.stdout).toMatch(/^Drained user\/1 at revision \d+\. Nobody follows the service\.\n$/)
      expect((await run(['services', 'user'])).stdout).toMatch(/1 +10\.0\.0\.1:80 +leaving +3\n/)
      expect((await run(['services'])).stdout).toMatch(/^user +1 +0$/m)
      await run(['services', 'disable', 'user', '1'])
      expect((await run(['services', 'user'])).stdout).toContain('disabled')
      const audit = await run(['audit', '--instance', 'user/'])
      expect(audit.stdout).toMatch(/ service\.disable +user\/1 .*\n.* ann +\S+ +service\.drain +user\/1 +disk +\d+\n$/)
      await run(['services', 'weight', 'user', '1', '0.5'])
      expect((await run(['services', 'user'])).stdout).toMatch(/disabled +0\.5\n/)
      expect((await run(['services', 'enable', 'user', '1'])).stdout).toMatch(/^Enabled user\/1 /)
      expect((await run(['services', 'weight', 'user', '1', 'own'])).code).toBe(0)
      expect((await run(['services', 'user'])).stdout).toMatch(/up +3\n/)
      expect(await client.kv.count({ prefix: '/waypost/services/' })).toBe(0n)
    })

    test('a drain names who has not seen it, and fails then', async () => {
      await client.kv.put('/services/user/1', JSON.stringify(instance))
      await client.kv.put('/waypost/services/subscribers/user/p1', '{"host":"web-1","pid":7,"app":"shop"}')
      const drained = await run(['services', 'drain', 'user', '1', '--wait', '50ms'])
      expect(drained.stdout).toContain('0 of 1 consumers have confirmed it.')
      expect(drained.stderr).toContain('p1 (shop, pid 7 on web-1) has not')
      expect(drained.code).toBe(1)
      const json = await run(['services', 'enable', 'user', '1', '-w', 'json', '--wait', '0'])
      expect(JSON.parse(json.stdout)).toMatchObject({ service: 'user', id: '1', override: null, unconfirmed: [] })
    })

    test('describe shows records, overrides and who follows', async () => {
      await client.kv.put('/services/user/1', JSON.stringify(instance))
      await client.kv.put('/waypost/services/subscribers/user/p1', '{"host":"web-1","pid":7,"app":"shop"}')
      await run(['services', 'disable', 'user', '1', '--reason', 'disk', '--by', 'ann', '--wait', '0'])
      await run(['services', 'drain', 'user', 'gone', '--even-if-absent', '--wait', '0'])
      const { stdout } = await run(['services', 'describe', 'user'])
      expect(stdout).toMatch(/1 +10\.0\.0\.1:80 +disabled +up +3 +3/)
      expect(stdout).toMatch(/1 +disabled +yes +ann +disk/)
      expect(stdout).toMatch(/gone +leaving +no/)
      expect(stdout).toMatch(/p1 +shop +7 +web-1/)
      const json = await run(['services', 'describe', 'user', '1', '-w', 'json'])
      expect(JSON.parse(json.stdout)).toMatchObject({
        service: 'user',
        instances: [{ id: '1', status: 'disabled', override: { registered: { status: 'up', weight: 3 } } }],
        overrides: [{ id: '1' }],
        subscribers: [{ process: 'p1' }],
      })
    })

    test('an instance that nobody has is not operated', async () => {
      expect(await run(['services', 'drain', 'user', 'x'])).toMatchObject({
        code: 4,
        stderr: expect.stringContaining('has no instance "x"'),
      })
      expect(await run(['services', 'weight', 'user', 'x', 'much'])).toMatchObject({ code: 2 })
    })
  })

  describe('config', () => {
    test('set, get and delete, byte for byte', async () => {
      expect(await run(['config', 'set', 'order/timeout', '30'])).toMatchObject({ code: 0 })
      expect((await run(['config', 'get', 'order/timeout'])).stdout).toBe('30')
      const text = 'a: 1\r\nb: "配置"\n\n'
      await run(['config', 'set', 'order/application.yaml'], text)
      expect((await run(['config', 'get', 'order/application.yaml'])).stdout).toBe(text)
      expect((await client.kv.get('/config/order/application.yaml'))?.text()).toBe(text)
      expect((await run(['config', 'delete', 'order/timeout'])).code).toBe(0)
      for (const words of ['get', 'delete']) {
        const missing = await run(['config', words, 'order/timeout'])
        expect(missing).toMatchObject({ code: 4, stdout: '' })
        expect(missing.stderr).toMatch(/^error \(not-found\): .*order\/timeout.*\n$/)
      }
    })

    test('watch shows what is there and what changes', async () => {
      await client.kv.put('/config/order/a', '1')
      await using program = await start('config', 'watch', '--prefix', 'order/')
      await program.waitForOutput(/set {6}order\/a {2}1\n/)
      await client.kv.put('/config/order/a', '2\n3')
      await program.waitForOutput(/set {6}order\/a {2}2\\n3\n/)
      await client.kv.delete('/config/order/a')
      await program.waitForOutput(/deleted {2}order\/a\n/)
      program.signal('SIGINT')
      expect(await program.exited).toMatchObject({ code: 0, stderr: '' })
    })
  })
})

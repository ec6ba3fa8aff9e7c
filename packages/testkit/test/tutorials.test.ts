import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { connect } from 'waypost'
import { Program, runEtcdctl, startEtcdctl } from '../src/index.ts'
import { password, type TutorialStore, tutorialFlavours } from './tutorial-store.test-support.ts'

const folder = fileURLToPath(new URL('..', import.meta.url))

for (const flavour of tutorialFlavours) {
  describe.skipIf(!flavour.runs)(`the tutorials' programs on ${flavour.name}`, () => {
    let store: TutorialStore
    const running: Program[] = []

    beforeAll(async () => {
      store = await flavour.start()
    })
    afterAll(async () => {
      await store?.close()
    })
    afterEach(async () => {
      await Promise.all(running.splice(0).map((program) => program.kill()))
      await etcdctl('del', '--prefix', '/')
    })

    /** etcdctl with the login in the environment, as the tutorials set it. */
    async function etcdctl(...args: string[]): Promise<string> {
      const exit = await runEtcdctl(store.url, args, { env: { ETCDCTL_USER: 'root', ETCDCTL_PASSWORD: password } })
      expect(exit).toMatchObject({ code: 0, stderr: '' })
      return exit.stdout
    }

    /** Starts one of the programs, with its address replaced by the store's. */
    async function start(fixture: string): Promise<Program> {
      const code = readFileSync(`${folder}fixtures/${fixture}`, 'utf8')
      const changed = code.replace('http://localhost:2379', store.url)
      expect(changed).not.toBe(code)
      const program = await Program.start(process.execPath, ['--input-type=commonjs', '-e', changed], { cwd: folder })
      running.push(program)
      return program
    }

    /** Repeats the command until the program shows what it leads to: the program says nothing when its watch begins. */
    async function untilShown(program: Program, text: string, ...command: string[]): Promise<void> {
      for (let attempt = 1; ; attempt++) {
        await etcdctl(...command)
        try {
          await program.waitForOutput(text, 500)
          return
        } catch (error) {
          if (attempt === 20) throw error
        }
      }
    }

    it('etcdctl: put, get, get by prefix, del, del by prefix', async () => {
      expect(await etcdctl('put', '/services/a', 'xxxx')).toBe('OK\n')
      expect(await etcdctl('put', '/services/b', 'yyyy')).toBe('OK\n')
      expect(await etcdctl('get', '/services/a')).toBe('/services/a\nxxxx\n')
      expect(await etcdctl('get', '/services/b')).toBe('/services/b\nyyyy\n')
      expect(await etcdctl('get', '--prefix', '/services')).toBe('/services/a\nxxxx\n/services/b\nyyyy\n')
      // One tutorial deletes a key that it misspells.
      expect(await etcdctl('del', '/servcies/a')).toBe('0\n')
      expect(await etcdctl('del', '--prefix', '/services')).toBe('2\n')
      expect(await etcdctl('get', '/services/a')).toBe('')
    })

    it('etcdctl: the login as flags, and none at all', async () => {
      const flags = ['--user=root', `--password=${password}`]
      expect((await runEtcdctl(store.url, ['put', ...flags, 'key', 'value'])).stdout).toBe('OK\n')
      expect((await runEtcdctl(store.url, ['get', ...flags, 'key'])).stdout).toBe('key\nvalue\n')
      expect((await runEtcdctl(store.url, ['del', ...flags, 'key'])).stdout).toBe('1\n')
      const refused = await runEtcdctl(store.url, ['get', 'key'])
      expect(refused.code).toBe(1)
      expect(refused.stderr).toContain('etcdserver: user name is empty')
      const wrong = await runEtcdctl(store.url, ['get', '--user=root', '--password=wrong', 'key'])
      expect(wrong.stderr).toContain('authentication failed, invalid user ID or password')
    })

    it('etcdctl: watch', async () => {
      const env = { ETCDCTL_USER: 'root', ETCDCTL_PASSWORD: password }
      const watch = await startEtcdctl(store.url, ['watch', 'key'], { env })
      running.push(watch)
      await untilShown(watch, 'PUT\nkey\nvalue\n', 'put', 'key', 'value')
      await untilShown(watch, 'DELETE\nkey\n\n', 'del', 'key')
    })

    it('etcd3: get, getAll, watch', async () => {
      await etcdctl('put', '/services/a', 'xxx')
      await etcdctl('put', '/services/b', 'yyy')
      const program = await start('first-steps.cjs')
      await program.waitForOutput("service A: xxx\nall services: [ '/services/a', '/services/b' ]\n")
      await untilShown(program, 'put zzz\n', 'put', '/services/a', 'zzz')
      await etcdctl('del', '/services/a')
      await program.waitForOutput('delete\n')
    })

    it('etcd3: save, read and delete configuration', async () => {
      const program = await start('config.cjs')
      await program.waitForOutput('Config value: config-value\nConfig value: null\n')
    })

    it('etcd3: register with a lease, discover, watch, and see etcdctl delete an instance', async () => {
      const program = await start('config-and-registry.cjs')
      await program.waitForOutput(
        /所有服务节点: \[\s+\{ host: 'localhost', port: 3000 \},\s+\{ host: 'localhost', port: 3002 \}\s+\]\n/,
      )
      expect(await etcdctl('get', '--prefix', '/services/my_service')).toBe(
        '/services/my_service/instance_1\n{"host":"localhost","port":3000}\n' +
          '/services/my_service/instance_2\n{"host":"localhost","port":3002}\n',
      )
      const [lease] = (await etcdctl('lease', 'list')).match(/^[0-9a-f]{8,}$/m) ?? []
      expect(await etcdctl('lease', 'timetolive', `${lease}`)).toMatch(/granted with TTL\(10s\), remaining\(\ds\)/)

      await untilShown(
        program,
        '新的服务节点添加: /services/my_service/instance_3\n',
        'put',
        '/services/my_service/instance_3',
        '{}',
      )
      await etcdctl('del', '/services/my_service/instance_3')
      await program.waitForOutput('服务节点删除: /services/my_service/instance_3\n')
      await etcdctl('del', '/services/my_service/instance_2')
      await program.waitForOutput(
        '服务节点删除: /services/my_service/instance_2\n' + "服务节点有变动: [ { host: 'localhost', port: 3000 } ]\n",
      )
    })

    it("the same story with Waypost's own API: configuration", async () => {
      await using waypost = await connect({ endpoints: store.url, auth: { username: 'root', password }, env: {} })
      const { config } = waypost
      const changes = config.watch('config-key')
      await changes.ready
      await config.set('config-key', 'config-value')
      expect(await config.get('config-key')).toBe('config-value')
      expect(await etcdctl('get', '/config/config-key')).toBe('/config/config-key\nconfig-value\n')
      expect(await take(changes)).toMatchObject({ type: 'set', path: 'config-key' })
      await etcdctl('put', '/config/config-key', 'from etcdctl')
      expect((await take(changes)).value).toBe('from etcdctl')
      await config.delete('config-key')
      expect(await take(changes)).toMatchObject({ type: 'deleted', path: 'config-key' })
      expect(await config.get('config-key')).toBeUndefined()
    })

    it('instances registered by etcd3 are visible to Waypost', async () => {
      await using waypost = await connect({ endpoints: store.url, auth: { username: 'root', password }, env: {} })
      const view = await waypost.registry.discover('my_service')
      expect(view.instances).toEqual([])
      const changes = view.changes()
      await start('config-and-registry.cjs')
      await until(changes, () => view.instances.length === 2)
      expect(view.instances.map(({ id, address, status }) => [id, address, status])).toEqual([
        ['instance_1', 'localhost:3000', 'up'],
        ['instance_2', 'localhost:3002', 'up'],
      ])
      await etcdctl('del', '/services/my_service/instance_2')
      const { removed } = await take(changes)
      expect(removed.map(({ instance, reason }) => [instance.id, reason])).toEqual([['instance_2', 'evicted']])
      expect(view.pick()?.address).toBe('localhost:3000')
    })

    it('instances registered by Waypost are visible to etcd3 and etcdctl', async () => {
      await using waypost = await connect({ endpoints: store.url, auth: { username: 'root', password }, env: {} })
      const { registry } = waypost
      const program = await start('config-and-registry.cjs')
      await program.waitForOutput('所有服务节点')
      await untilShown(
        program,
        '新的服务节点添加: /services/my_service/probe\n',
        'put',
        '/services/my_service/probe',
        '{}',
      )
      const registration = await registry.register({
        service: 'my_service',
        id: 'waypost_1',
        host: 'localhost',
        port: 3005,
      })
      await program.waitForOutput('新的服务节点添加: /services/my_service/waypost_1\n')
      await program.waitForOutput(/服务节点有变动: \[[^\]]*id: 'waypost_1',\s+host: 'localhost',\s+port: 3005,/)
      expect(await etcdctl('get', '/services/my_service/waypost_1')).toMatch(/"host":"localhost","port":3005,/)
      await registration.deregister()
      await program.waitForOutput('服务节点删除: /services/my_service/waypost_1\n')
    })
  })
}

/** The next item of an iteration that goes on. */
async function take<T>(iterator: AsyncIterator<T>): Promise<T> {
  const { value, done } = await iterator.next()
  if (done) throw new Error('The iteration has ended.')
  return value
}

async function until(changes: AsyncIterator<unknown>, predicate: () => boolean): Promise<void> {
  while (!predicate()) await take(changes)
}

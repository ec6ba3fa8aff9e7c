import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type RunningHub, startStoreAndHub } from '../src/hub.test-support.ts'

const run = promisify(execFile)

let running: RunningHub

beforeEach(async () => {
  running = await startStoreAndHub()
})

afterEach(() => running[Symbol.asyncDispose]())

/** As a shell would run it; the answer's body. */
async function curl(path: string, ...args: string[]): Promise<Record<string, unknown>> {
  const { stdout } = await run('curl', ['-sS', ...args, running.hub.url + path])
  const body: unknown = stdout === '' ? {} : JSON.parse(stdout)
  return { ...Object(body) }
}

it('apply, register six, list all, one dies and is gone: with curl alone', async () => {
  // UserNameServer = NameServer->apply('User')
  const applied = await curl('/v1/names/User', '-X', 'PUT', '-d', '{"owner":"accounts"}')
  expect(applied).toMatchObject({ name: 'User', owner: 'accounts' })
  const taken = await curl('/v1/names/User', '-X', 'PUT', '-d', '{"owner":"somebody else"}')
  expect(taken).toMatchObject({ status: 409, code: 'already-exists', owner: 'accounts' })

  // UserNameServer->register({ip: 192.178.1.1, port: 3445}), six of them
  const sessions: string[] = []
  for (const last of [1, 2, 3, 4, 5, 6]) {
    const body = JSON.stringify({ ip: `192.178.1.${last}`, port: 3445, ttlSeconds: last === 6 ? 2 : 60 })
    const registered = await curl('/v1/names/User/instances', '-X', 'POST', '-d', body)
    expect(registered).toMatchObject({ service: 'User', id: `192.178.1.${last}:3445` })
    sessions.push(String(registered.session))
  }

  // list = NameServer->getAllServer('User')
  const list = await curl('/v1/names/User/instances')
  expect(list.instances).toMatchObject([1, 2, 3, 4, 5, 6].map((last) => ({ host: `192.178.1.${last}`, port: 3445 })))
  expect(await curl('/v1/names/User/pick')).toMatchObject({ service: 'User', status: 'up' })

  // The first five send heartbeats, the sixth has died.
  for (const session of sessions.slice(0, 5)) {
    expect(await curl(`/v1/sessions/${session}/heartbeat`, '-X', 'POST')).toMatchObject({ session, ttlSeconds: 60 })
  }
  const later = await curl(`/v1/names/User/instances?wait=30s&since=${list.revision}`)
  expect(later.instances).toHaveLength(5)
  expect(JSON.stringify(later)).not.toContain('192.178.1.6')
  expect(await curl(`/v1/sessions/${sessions[5]}/heartbeat`, '-X', 'POST')).toMatchObject({ code: 'lease-not-found' })

  // One leaves deliberately, one drains, one ends its session.
  await curl('/v1/names/User/instances/192.178.1.1:3445', '-X', 'DELETE')
  await curl('/v1/names/User/instances/192.178.1.2:3445/drain', '-X', 'POST')
  await curl(`/v1/sessions/${sessions[2]}`, '-X', 'DELETE')
  await expect
    .poll(async () => (await curl('/v1/names/User/instances?status=any')).instances)
    .toMatchObject([
      { id: '192.178.1.2:3445', status: 'leaving' },
      { id: '192.178.1.4:3445', status: 'up' },
      { id: '192.178.1.5:3445', status: 'up' },
    ])
  expect((await curl('/v1/names/User/instances')).instances).toHaveLength(2)
})

it('a process that starts again at its address takes its own place', async () => {
  const body = '{"host":"10.0.0.1","port":80}'
  const first = await curl('/v1/names/a/instances/one', '-X', 'PUT', '-d', body)
  const second = await curl('/v1/names/a/instances/one', '-X', 'PUT', '-d', body)
  expect(second.session).not.toBe(first.session)
  const elsewhere = await curl('/v1/names/a/instances/one', '-X', 'PUT', '-d', '{"host":"10.0.0.2","port":80}')
  expect(elsewhere).toMatchObject({ status: 409, code: 'already-exists' })
})

it('picks by key, by selectors, and without those that were tried', async () => {
  for (const [id, zone] of [
    ['a', 'z1'],
    ['b', 'z2'],
  ]) {
    const body = JSON.stringify({ host: `${id}.internal`, port: 80, zone, tags: [zone], metadata: { color: id } })
    await curl(`/v1/names/s/instances/${id}`, '-X', 'PUT', '-d', body)
  }
  const pick = async (query: string) => (await curl(`/v1/names/s/pick?${query}`)).id
  expect(await pick('exclude=a')).toBe('b')
  expect(await pick('zone=z1')).toBe('a')
  expect(await pick('tag=z2')).toBe('b')
  expect(await pick('metadata=color%3Da')).toBe('a')
  const byKey = await pick('algorithm=rendezvous&key=k')
  expect(await pick('algorithm=rendezvous&key=k')).toBe(byKey)
  expect(new Set([await pick(''), await pick('')]).size).toBe(2)
  expect(await curl('/v1/names/s/pick?exclude=a&exclude=b')).toMatchObject({ status: 503, code: 'no-instance' })
  expect(await curl('/v1/names/s/pick?algorithm=rendezvous')).toMatchObject({ code: 'invalid-argument' })
  const first = await curl('/v1/names/s/instances?limit=1')
  expect(first).toMatchObject({ instances: [{ id: 'a' }], next: 'a' })
  expect(await curl('/v1/names/s/instances?limit=1&cursor=a')).toMatchObject({ instances: [{ id: 'b' }] })
})

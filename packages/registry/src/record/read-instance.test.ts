import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkRegistration } from '../register/check-registration.ts'
import type { Instance } from './instance.ts'
import { readInstance } from './read-instance.ts'

const key = '/services/user/a-1'

function read(value: unknown, at = key) {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return readInstance(at, Buffer.from(text), 7n)
}

describe('readInstance', () => {
  it('reads a full record', () => {
    const { instance } = read({
      service: 'ignored',
      id: 'ignored',
      host: '10.0.0.1',
      port: 3000,
      scheme: 'http',
      version: '1.2.0',
      zone: 'a',
      weight: 3,
      status: 'starting',
      tags: ['blue'],
      metadata: { region: 'eu' },
      registeredAt: '2024-01-01T00:00:00.000Z',
    })
    expect(instance).toEqual({
      service: 'user',
      id: 'a-1',
      host: '10.0.0.1',
      port: 3000,
      address: '10.0.0.1:3000',
      scheme: 'http',
      version: '1.2.0',
      zone: 'a',
      weight: 3,
      status: 'starting',
      tags: ['blue'],
      metadata: { region: 'eu' },
      registeredAt: '2024-01-01T00:00:00.000Z',
      key,
      revision: 7n,
      override: undefined,
      suspect: false,
    })
    expect(Object.isFrozen(instance?.metadata)).toBe(true)
  })

  it.each([
    ['host and port alone', { host: 'localhost', port: 3000 }, 'localhost:3000'],
    ['a port as text', { host: 'localhost', port: '3000' }, 'localhost:3000'],
    ['ip for host', { ip: '10.0.0.1', port: 80 }, '10.0.0.1:80'],
    ['address for host', { address: '10.0.0.1', port: 80 }, '10.0.0.1:80'],
    ['an address with its port', { address: '10.0.0.1:81' }, '10.0.0.1:81'],
    ['a URL as host', { host: 'https://user.internal' }, 'user.internal:443'],
    ['the port of the scheme', { host: 'a', scheme: 'https' }, 'a:443'],
    ['an IPv6 host', { host: '::1', port: 3000 }, '[::1]:3000'],
    ['an IPv6 host in brackets', { host: '[::1]', port: 3000 }, '[::1]:3000'],
    ['a bare host:port', 'localhost:3000', 'localhost:3000'],
    ['the newline of echo', 'localhost:3000\n', 'localhost:3000'],
    ['a bare IPv6 address', '[::1]:3000', '[::1]:3000'],
    ['a bare address in quotes', '"localhost:3000"', 'localhost:3000'],
    ['a URL', 'http://10.0.0.1:3000/base?x=1', '10.0.0.1:3000'],
    ['a URL without a port', 'http://user.internal', 'user.internal:80'],
    ['a grpc URL', 'grpc://[::1]:50051', '[::1]:50051'],
    ['the Go gRPC naming form', { Op: 0, Addr: '10.0.0.1:50051', Metadata: null }, '10.0.0.1:50051'],
  ])('reads %s', (_what, value, address) => {
    expect(read(value).instance?.address).toBe(address)
  })

  it('takes the scheme from a URL and the metadata from the gRPC naming form', () => {
    expect(read('HTTPS://a:1').instance?.scheme).toBe('https')
    expect(read({ Op: 0, Addr: 'a:1', Metadata: { zone: 'b' } }).instance?.metadata).toEqual({ zone: 'b' })
  })

  it('counts a foreign record without a status as up, with weight 1', () => {
    expect(read({ host: 'a', port: 1 }).instance).toMatchObject({ status: 'up', weight: 1, tags: [], metadata: {} })
  })

  it('does not hide an instance for an optional field of another type', () => {
    const { instance } = read({ host: 'a', port: 1, weight: 'much', tags: 'x', metadata: [], version: 2 })
    expect(instance).toMatchObject({ weight: 1, tags: [], metadata: {}, version: undefined })
  })

  it.each<[string, Record<string, unknown>, Partial<Instance>]>([
    ['weight', { weight: 1e308 }, { weight: 1 }],
    ['weight', { weight: -1 }, { weight: 1 }],
    ['weight', { weight: '1e308' }, { weight: 1 }],
    ['scheme', { scheme: 'javascript' }, { scheme: undefined }],
    ['scheme', { scheme: 'a b' }, { scheme: undefined }],
    ['scheme', { host: 'javascript://a:1' }, { scheme: undefined, host: 'a' }],
    ['version', { version: 'x'.repeat(256) }, { version: undefined }],
    ['zone', { zone: 'a\u001b[2J' }, { zone: undefined }],
    ['registeredAt', { registeredAt: 5 }, { registeredAt: undefined }],
    ['tag', { tags: ['a', 5, 'x'.repeat(256), 'b'] }, { tags: ['a', 'b'] }],
    ['100 tags', { tags: Array.from({ length: 1_000 }, () => 't') }, { tags: Array.from({ length: 100 }, () => 't') }],
    ['metadata', { metadata: ['a'] }, { metadata: {} }],
    ['nested', { metadata: JSON.parse(`{"a":${'['.repeat(40)}${']'.repeat(40)}}`) }, { metadata: {} }],
  ])('ignores a %s that is out of bounds, and says so (%#)', (what, fields, expected) => {
    const { instance, problem } = read({ host: 'a', port: 1, ...fields })
    expect(instance).toMatchObject(expected)
    expect(problem).toContain(what)
  })

  it.each<[string, Parameters<typeof read>]>([
    ['at most 65536', [{ host: 'a', port: 1, metadata: { a: 'x'.repeat(70_000) } }]],
    ['host', [{ host: '0.0.0.0', port: 1 }]],
    ['host', [{ host: '::', port: 1 }]],
    ['neither', ['0.0.0.0:80']],
    ['host', [{ host: `${'x'.repeat(64)}.example`, port: 1 }]],
    ['id', ['a:1', `/services/user/${'x'.repeat(256)}`]],
    ['control character', ['a:1', '/services/user/a\u001b']],
    ['port', [`{"host":"a","port":${'['.repeat(30_000)}${']'.repeat(30_000)}}`]],
    ['status', [`{"host":"a","port":1,"status":${'['.repeat(30_000)}${']'.repeat(30_000)}}`]],
  ])('does not take for an instance what is out of bounds: %s (%#)', (message, args) => {
    const { instance, problem } = read(...args)
    expect(instance).toBeUndefined()
    expect(problem).toContain(message)
  })

  it('never throws, and reads only what registering would take, whatever others write', () => {
    const names = ['host', 'ip', 'address', 'port', 'scheme', 'weight', 'tags', 'metadata', 'status', 'Addr', 'Op']
    const record = fc.dictionary(
      fc.constantFrom(...names),
      fc.oneof(fc.jsonValue(), fc.constantFrom('a', 'a:1', 1, 80)),
    )
    fc.assert(
      fc.property(
        fc.oneof(
          record.map((value) => JSON.stringify(value)),
          fc.string(),
          fc.json(),
        ),
        (text) => {
          const { instance } = read(text)
          if (instance === undefined) return
          const { service, id, host, port, scheme, version, zone, weight, tags, metadata } = instance
          checkRegistration({ service, id, host, port, scheme, version, zone, weight, tags, metadata })
        },
      ),
    )
  })

  it.each(['/services/user/eu/b-2', '/services/user/', '/services/user', '/services//b', '/other/user/b'])(
    'finds no instance under %s',
    (key) => {
      expect(read('a:1', key)).toEqual({ problem: 'The key does not have the form /services/<service>/<id>.' })
    },
  )

  it.each([
    ['xxxx', 'neither a record nor host:port nor a URL'],
    ['', 'neither a record nor host:port nor a URL'],
    ['{"host":', 'not valid JSON'],
    ['["a:1"]', 'neither'],
    [{ port: 1 }, 'names no host'],
    [{ host: 'a' }, 'names no port'],
    [{ host: 'a', port: 70_000 }, 'from 1 to 65535'],
    [{ host: 'a', port: 1.5 }, 'from 1 to 65535'],
    [{ host: 'a b', port: 1 }, 'not a host name'],
    [{ host: 'a', port: 1, status: 'down' }, 'not starting, up or leaving'],
    [{ Op: 1, Addr: 'a:1' }, 'Op is not 0'],
    [{ Op: 0, Addr: 'a' }, 'Addr is not host:port'],
  ])('says why it cannot read %j', (value, message) => {
    expect(read(value)).toEqual({ problem: expect.stringContaining(message) })
  })

  it('reports bytes that are not text', () => {
    expect(readInstance(key, Buffer.from([0xff, 0xfe]), 1n).problem).toContain('not UTF-8')
  })

  it('reports keys of another form', () => {
    expect(read('a:1', '/services/user').problem).toContain('/services/<service>/<id>')
    expect(read('a:1', '/services//x').problem).toContain('/services/<service>/<id>')
  })

  it('never throws, and what it reads can be reached', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.webUrl()), (value) => {
        const { instance, problem } = read(value)
        if (instance === undefined) expect(problem).not.toBe('')
        else expect(instance.host !== '' && instance.port >= 1 && instance.port <= 65_535).toBe(true)
      }),
    )
  })
})

import { describe, expect, it } from 'vitest'
import { type RegisterOptions, resolveRecord, updateRecord } from './registration-options.ts'

const at = new Date('2024-01-01T00:00:00.000Z')
const good: RegisterOptions = { service: 'user', id: 'a', host: '10.0.0.1', port: 3000 }

describe('resolveRecord', () => {
  it('leaves out what was not said', () => {
    expect(JSON.parse(JSON.stringify(resolveRecord(good, at)))).toEqual({
      service: 'user',
      id: 'a',
      host: '10.0.0.1',
      port: 3000,
      status: 'up',
      registeredAt: '2024-01-01T00:00:00.000Z',
    })
  })

  it('chooses a readable id and a host that others can reach', () => {
    const first = resolveRecord({ service: 'user', port: 3000 }, at)
    const second = resolveRecord({ service: 'user', port: 3000 }, at)
    expect(first.id).toContain(`-${process.pid}-`)
    expect(second.id).not.toBe(first.id)
    expect(first.host).toMatch(/^\d+\.\d+\.\d+\.\d+$/)
  })

  it('keeps an IPv6 host without brackets, and any script in names', () => {
    expect(resolveRecord({ ...good, host: '[::1]' }, at).host).toBe('::1')
    expect(resolveRecord({ ...good, service: '订单', id: '实例-1' }, at)).toMatchObject({
      service: '订单',
      id: '实例-1',
    })
  })

  it('does not keep a hold on the caller’s objects', () => {
    const tags = ['a']
    const record = resolveRecord({ ...good, tags }, at)
    tags.push('b')
    expect(record.tags).toEqual(['a'])
  })

  it.each<[string, Partial<Record<keyof RegisterOptions, unknown>>]>([
    ['contains a slash', { service: 'user/admin' }],
    ['must be a non-empty string', { service: '' }],
    ['control character', { service: 'a\nb' }],
    ['begins or ends with a space', { service: ' user' }],
    ['longer than 255', { service: 'x'.repeat(256) }],
    ['contains a slash', { id: 'a/b' }],
    ['must be a non-empty string', { id: '' }],
    ['host name or an IP address', { host: '' }],
    ['host name or an IP address', { host: 'a b' }],
    ['host name or an IP address', { host: 'a/b' }],
    ['host name or an IP address', { host: 'fe80::1%eth0' }],
    ['from 1 to 65535', { port: 0 }],
    ['from 1 to 65535', { port: 65_536 }],
    ['from 1 to 65535', { port: 1.5 }],
    ['from 1 to 65535', { port: '3000' }],
    ['scheme', { scheme: 'ht tp' }],
    ['version', { version: '' }],
    ['zone', { zone: 'a\0' }],
    ['weight', { weight: -1 }],
    ['weight', { weight: Number.NaN }],
    ['weight', { weight: 1e308 }],
    ['weight', { weight: 65_536 }],
    ['scheme', { scheme: 'javascript' }],
    ['scheme', { scheme: 'DATA' }],
    ['scheme', { scheme: 'x'.repeat(33) }],
    ['that others can reach', { host: '0.0.0.0' }],
    ['that others can reach', { host: '[::]' }],
    ['that others can reach', { host: 'a..b' }],
    ['that others can reach', { host: 'x'.repeat(64) }],
    ['version', { version: 'x'.repeat(256) }],
    ['100 tags', { tags: Array.from({ length: 101 }, (_, index) => `t${index}`) }],
    ['tag', { tags: ['x'.repeat(256)] }],
    ['tag', { tags: 'blue' }],
    ['tag', { tags: [undefined] }],
    ['status', { status: 'leaving' }],
    ['tag', { tags: [''] }],
    ['metadata.a', { metadata: { a: 1n } }],
    ['metadata.a', { metadata: { a: undefined } }],
    ['metadata.a', { metadata: { a: new Date() } }],
    ['bytes', { metadata: { a: 'x'.repeat(70_000) } }],
  ])('refuses what would not work (%#): %s', (message, wrong) => {
    expect(() => resolveRecord({ ...good, ...wrong } as RegisterOptions, at)).toThrow(
      expect.objectContaining({ code: 'invalid-argument', message: expect.stringContaining(message) }),
    )
  })

  it('refuses metadata that contains itself', () => {
    const metadata: Record<string, unknown> = {}
    metadata.self = metadata
    expect(() => resolveRecord({ ...good, metadata }, at)).toThrow('contains itself')
  })
})

describe('updateRecord', () => {
  const record = resolveRecord({ ...good, version: '1', weight: 2 }, at)

  it('changes what is named, takes out what is undefined and keeps the rest', () => {
    expect(updateRecord(record, { weight: 0, version: undefined })).toEqual({
      ...record,
      weight: 0,
      version: undefined,
    })
  })

  it('checks as registering does', () => {
    expect(() => updateRecord(record, { weight: -1 })).toThrow('weight')
  })
})

import { describe, expect, it } from 'vitest'
import { readEnvironment } from './environment.ts'

describe('readEnvironment', () => {
  it('prefers WAYPOST_… and falls back to ETCDCTL_…, one by one', () => {
    expect(
      readEnvironment({
        WAYPOST_ENDPOINTS: 'http://a:1',
        ETCDCTL_ENDPOINTS: 'http://b:1',
        ETCDCTL_USER: 'root',
        ETCDCTL_PASSWORD: 'guang',
        WAYPOST_NAMESPACE: '/prod',
        ETCDCTL_CACERT: 'ca.pem',
      }),
    ).toMatchObject({
      endpoints: 'http://a:1',
      username: 'root',
      password: 'guang',
      namespace: '/prod',
      caFile: 'ca.pem',
      certFile: undefined,
      trustAll: false,
    })
  })

  it('reads a password after the user, which may contain a colon itself', () => {
    expect(readEnvironment({ ETCDCTL_USER: 'root:a:b' })).toMatchObject({ username: 'root', password: 'a:b' })
  })

  it('counts an empty variable as unset', () => {
    expect(readEnvironment({ WAYPOST_ENDPOINTS: '', ETCDCTL_ENDPOINTS: 'http://b:1' }).endpoints).toBe('http://b:1')
    expect(readEnvironment({ WAYPOST_USER: '' }).username).toBeUndefined()
  })

  it.each([
    ['5s', 5000],
    ['500ms', 500],
    ['1m30s', 90_000],
    ['0.5s', 500],
  ])('reads the time %s', (text, timeoutMs) => {
    expect(readEnvironment({ ETCDCTL_COMMAND_TIMEOUT: text }).timeoutMs).toBe(timeoutMs)
  })

  it.each(['5', 'soon', '-1s', '0s'])('refuses the time %s', (text) => {
    expect(() => readEnvironment({ WAYPOST_TIMEOUT: text })).toThrow(
      expect.objectContaining({ code: 'invalid-argument', message: expect.stringContaining('WAYPOST_TIMEOUT') }),
    )
  })
})

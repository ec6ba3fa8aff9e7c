import { hostname } from 'node:os'
import { describe, expect, it } from 'vitest'
import { processIdentity } from './process-identity.ts'

const host = hostname()

describe('processIdentity', () => {
  it.each([
    ['the given name first', 'web-1', { WAYPOST_INSTANCE: 'other' }, 7, 'web-1'],
    ['the environment', undefined, { WAYPOST_INSTANCE: 'web-2', PORT: '80' }, 7, 'web-2'],
    ["the pod's name in Kubernetes", undefined, { KUBERNETES_SERVICE_HOST: '10.0.0.1', PORT: '80' }, 7, host],
    ["a container's name", undefined, {}, 1, host],
    ['the number that pm2 gives', undefined, { NODE_APP_INSTANCE: '2', PORT: '80' }, 7, `${host}-2`],
    ['the port', undefined, { PORT: '3000' }, 7, `${host}-3000`],
    ['the process id', undefined, { PORT: '' }, 7, `${host}-7`],
  ])('takes %s', (_, given, env, pid, instance) => {
    const identity = processIdentity(given, env, pid)
    expect(identity).toMatchObject({ instance, host, pid })
    expect(identity.process).toMatch(new RegExp(`^${instance}-[0-9a-f]{8}$`))
  })

  it('has one name and two process ids for two runs', () => {
    const [one, other] = [processIdentity('web-1'), processIdentity('web-1')]
    expect(one.instance).toBe(other.instance)
    expect(one.process).not.toBe(other.process)
  })

  it.each(['', 'a/b', 'a\n', 'x'.repeat(201)])('refuses %j as a name', (name) => {
    expect(() => processIdentity(name)).toThrow(expect.objectContaining({ code: 'invalid-argument' }))
  })
})

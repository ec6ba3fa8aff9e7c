import { Resolver } from 'node:dns/promises'
import { describe, expect, it } from 'vitest'
import {
  ask,
  askTcp,
  codeOf,
  dataOf,
  dnsServers,
  GivenServices,
  hosts,
  name,
  opt,
  question,
} from './dns.test-support.ts'

const start = dnsServers()

/** A server that another one forwards to: it answers for `corp.internal`. */
async function forwarding(more: object = {}) {
  const above = await start({ source: new GivenServices({ mail: hosts(300) }), domain: 'corp.internal' })
  const upstreams = [`127.0.0.1:${above.port}`]
  const server = await start({ source: new GivenServices({ web: hosts(1) }), upstreams, ...more })
  return { above, server }
}

describe('names of others', () => {
  const mail = question('mail.service.corp.internal', 'A', { flags: 0x0100 })

  it('are asked for elsewhere, as they were asked, over UDP and TCP', async () => {
    const { server } = await forwarding()
    const overUdp = await ask(server, mail)
    expect([codeOf(overUdp), overUdp.flag_tc]).toEqual(['NOERROR', true])
    const [overTcp] = await askTcp(server, [mail])
    expect(overTcp && dataOf(overTcp)).toHaveLength(300)
    expect(codeOf(await ask(server, question('x.service.corp.internal', 'A', { flags: 0x0100 })))).toBe('NXDOMAIN')
    const own = await ask(server, question(name('web.service'), 'A', { flags: 0x0100 }))
    expect([dataOf(own), own.flag_ra]).toEqual([['10.0.0.0'], true])
  })

  it('are refused without RD, for strangers, and when nothing was set', async () => {
    const { server } = await forwarding({ forwardFor: ['10.0.0.0/8'] })
    const refused = await ask(server, mail)
    expect([codeOf(refused), refused.flag_ra]).toEqual(['REFUSED', false])
    const { server: open } = await forwarding()
    expect(codeOf(await ask(open, question('mail.service.corp.internal', 'A')))).toBe('REFUSED')
  })

  it('fail when nobody answers, and another resolver is tried first', async () => {
    const { above, server } = await forwarding()
    const second = await start({
      source: new GivenServices(),
      domain: 'two.internal',
      upstreams: ['127.0.0.1:1', `127.0.0.1:${above.port}`],
    })
    expect(codeOf(await ask(second, { ...mail, additionals: [opt()] }))).toBe('NOERROR')
    await above.close()
    expect(codeOf(await ask(server, mail))).toBe('SERVFAIL')
    const [overTcp] = await askTcp(server, [mail])
    expect(overTcp && codeOf(overTcp)).toBe('SERVFAIL')
  })

  it('are followed for services whose hosts are names, for those that other names are asked for', async () => {
    const { above } = await forwarding()
    const source = new GivenServices({
      mail: [{ host: 'mail.service.corp.internal' }],
      lost: [{ host: 'x.service.corp.internal' }],
    })
    const server = await start({ source, upstreams: [`127.0.0.1:${above.port}`] })
    const found = await ask(server, question(name('mail.service'), 'A', { flags: 0x0100 }))
    expect([codeOf(found), found.flag_tc, found.answers?.[0]?.type]).toEqual(['NOERROR', true, 'CNAME'])
    const [whole] = await askTcp(server, [question(name('mail.service'), 'A', { flags: 0x0100 })])
    expect(whole?.answers?.map(({ type }) => type)).toEqual(['CNAME', ...Array(300).fill('A')])
    expect(new Set(whole?.answers?.slice(1).map((one) => one.name))).toEqual(new Set(['mail.service.corp.internal']))
    expect(codeOf(await ask(server, question(name('lost.service'), 'A', { flags: 0x0100 })))).toBe('NXDOMAIN')
    expect((await ask(server, question(name('mail.service'), 'A'))).answers).toHaveLength(1)
    const addresses = await resolverOf(server).resolve4(name('mail.service'))
    expect(addresses).toHaveLength(300)
    await above.close()
    expect(codeOf(await ask(server, question(name('mail.service'), 'A', { flags: 0x0100 })))).toBe('SERVFAIL')
  })

  it('are never asked for at this server itself', async () => {
    const own = start({ source: new GivenServices(), port: 65_000, upstreams: ['127.0.0.1:65000'] })
    await expect(own).rejects.toMatchObject({ code: 'invalid-argument' })
  })
})

function resolverOf({ host, port }: { readonly host: string; readonly port: number }): Resolver {
  const resolver = new Resolver()
  resolver.setServers([`${host}:${port}`])
  return resolver
}

import { WaypostError } from '@waypost/core'
import { checkOptions } from '@waypost/core/options'
import { type DnsServerOptions, type DnsSettings, dnsServerOptionKinds, resolveDnsOptions } from './dns-options.ts'
import { Forwarder } from './forward/forwarder.ts'
import { Responder } from './responder.ts'
import { type AnswerCount, AnswerCounts } from './serve/answer-counts.ts'
import type { Answers } from './serve/answers.ts'
import { RateLimit } from './serve/rate-limit.ts'
import { TcpListener } from './serve/tcp-listener.ts'
import { UdpListener } from './serve/udp-listener.ts'
import { Zone } from './zone/zone.ts'

/** A port that is free for TCP may be taken for UDP. */
const maxTries = 10

/**
 * The services of a registry as names of the DNS, on UDP and TCP. Answers come from a live copy: no question waits for
 * the store, and while the store is away they are what was known last.
 */
export class DnsServer {
  readonly host: string
  readonly port: number
  readonly #udp: UdpListener
  readonly #tcp: TcpListener
  readonly #zone: Zone
  readonly #forwarder: Forwarder
  readonly #counts: AnswerCounts

  private constructor(at: { host: string; port: number }, parts: Parts, udp: UdpListener, tcp: TcpListener) {
    this.host = at.host
    this.port = at.port
    this.#zone = parts.zone
    this.#forwarder = parts.forwarder
    this.#counts = parts.counts
    this.#udp = udp
    this.#tcp = tcp
  }

  /**
   * Listens, once the names of a source that is ready have been read. Fails with `invalid-argument` for options that would not work, with `port-in-use`, and as the system
   * refuses.
   *
   * @example
   * ```ts static
   * await using dns = await DnsServer.start({ source: await registry.followAll(), port: 8600 })
   * // dig @127.0.0.1 -p 8600 web.service.waypost.internal
   * ```
   */
  static async start(options: DnsServerOptions): Promise<DnsServer> {
    checkOptions('DnsServer.start', options, dnsServerOptionKinds)
    const settings = resolveDnsOptions(options)
    const parts = partsOf(settings)
    try {
      await parts.zone.whenRead()
      return await listen(settings, parts)
    } catch (error) {
      parts.zone.close()
      parts.forwarder.close()
      throw error
    }
  }

  /** Whether all names have been read once. Before that, askers are told that there is a failure. */
  get isReady(): boolean {
    return this.#zone.isReady
  }

  /** How many answers were given since the start, by transport and response code. */
  get counts(): readonly AnswerCount[] {
    return this.#counts.read()
  }

  /** Ends listening and open connections. The sources stay open. Idempotent. */
  async close(): Promise<void> {
    this.#forwarder.close()
    await Promise.all([this.#udp.close(), this.#tcp.close()])
    this.#zone.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** @internal */
  static of(at: { host: string; port: number }, parts: Parts, udp: UdpListener, tcp: TcpListener): DnsServer {
    return new DnsServer(at, parts, udp, tcp)
  }
}

interface Parts {
  readonly zone: Zone
  readonly forwarder: Forwarder
  readonly answers: Answers
  readonly counts: AnswerCounts
}

function partsOf(settings: DnsSettings): Parts {
  const { source, namespaces, clock, zoneMap, staleLimitMs } = settings
  const zone = new Zone(settings, source, namespaces)
  const forwarder = new Forwarder(settings.upstreams, settings.forwardFor, clock)
  const mayForward = (address: string): boolean => forwarder.mayAsk(address)
  const responder = new Responder(zone, { zoneMap, staleLimitMs, mayForward, nowMs: () => clock.epochMs() })
  const counts = new AnswerCounts()
  const answers: Answers = {
    respond: (packet, asker) => {
      const response = responder.respond(packet, asker)
      if (Buffer.isBuffer(response)) counts.add(asker.transport, response)
      return response
    },
    truncated: (packet) => counts.add('udp', responder.truncated(packet)),
    askElsewhere: async (packet, asker, later) => {
      const answer =
        later === 'forward'
          ? ((await forwarder.ask(packet, asker)) ?? responder.failed(packet, asker))
          : later.finish(await forwarder.find(later.target, later.type))
      return counts.add(asker.transport, answer)
    },
  }
  return { zone, forwarder, answers, counts }
}

async function listen(settings: DnsSettings, parts: Parts): Promise<DnsServer> {
  const { host, port, rateLimit, clock } = settings
  for (let tries = 1; ; tries += 1) {
    const tcp = new TcpListener({ answers: parts.answers, clock })
    const udp = new UdpListener(host, parts.answers, new RateLimit(rateLimit, clock))
    try {
      const bound = { host, port: await tcp.listen({ host, port }) }
      await udp.listen(bound)
      return DnsServer.of(bound, parts, udp, tcp)
    } catch (error) {
      await Promise.all([tcp.close(), udp.close()])
      if (!isInUse(error)) throw error
      if (port === 0 && tries < maxTries) continue
      throw new WaypostError('port-in-use', `The DNS port ${port} of ${host} is in use by another program.`, {
        cause: error,
        details: { protocol: 'dns' },
      })
    }
  }
}

function isInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
}

import { ClientProxy, type ReadPacket, type WritePacket } from '@nestjs/microservices'
import { messageOf, WaypostError } from '@waypost/core'
import type { Instance, ServiceView } from '@waypost/registry'
import type { Waypost } from 'waypost'
import { InstanceClient, type TcpOptions } from './instance-client.ts'

/** Options of Nest's TCP client, but for host and port, which are those of the instances. */
export interface ServiceClientOptions extends TcpOptions {
  readonly waypost: Waypost
  /** The name under which the microservice is registered. */
  readonly service: string
  /** How long a message waits for the first list of the instances, in milliseconds. Default 5,000. */
  readonly discoverTimeoutMs?: number | undefined
  /** How long a connection to an instance may take to come about, in milliseconds. Default 3,000. */
  readonly connectTimeoutMs?: number | undefined
}

const defaultConnectTimeoutMs = 3_000

/** How many instances that take no connection a message tries. */
const maxUnreachable = 10

/**
 * A client of the TCP microservices that are registered under a name, for `ClientsModule` as `customClass`. Every
 * message goes to an instance that is picked for it. When that takes no connection, so that nothing was sent, another one
 * is tried; a message that was sent is never sent again. Fails with `no-instance` when nobody is left.
 */
export class ServiceClientProxy extends ClientProxy {
  readonly #options: ServiceClientOptions
  readonly #clients = new Map<string, InstanceClient>()
  #view: Promise<ServiceView> | undefined

  constructor(options: ServiceClientOptions) {
    super()
    if (options?.waypost === undefined || typeof options.service !== 'string') {
      throw new WaypostError(
        'invalid-argument',
        "Write ClientsModule.registerAsync([serviceClient('MATH', 'math')]), or give the options { waypost, service }.",
      )
    }
    this.#options = options
  }

  /** Resolves when the first list of the instances is there. */
  async connect(): Promise<ServiceView> {
    this.#view ??= this.#follow()
    return this.#view
  }

  async close(): Promise<void> {
    const view = this.#view
    this.#view = undefined
    for (const client of this.#clients.values()) client.close()
    this.#clients.clear()
    await (await view?.catch(() => undefined))?.close()
  }

  /** The live instances, once connected. */
  unwrap<T>(): T {
    throw new WaypostError(
      'failed-precondition',
      'There is no single connection; use @InjectService for the instances.',
    )
  }

  protected publish(packet: ReadPacket, callback: (packet: WritePacket) => void): () => void {
    let over = false
    let release = (): void => {}
    this.#reach().then(
      ({ client, instance, view }) => {
        if (over) return
        const startedMs = performance.now()
        view.begin(instance)
        client.enter()
        const ended = (result: 'ok' | 'failed' | 'abandoned'): void => {
          if (over) return
          over = true
          client.leave()
          view.end(instance, { result, latencyMs: performance.now() - startedMs })
        }
        const stop = client.publishPacket(packet, (answer) => {
          const isLost = isConnectionLoss(answer.err)
          if (answer.isDisposed || answer.err) ended(isLost ? 'failed' : 'ok')
          callback(isLost ? { ...answer, err: this.#lost(client, answer.err) } : answer)
        })
        release = () => {
          stop()
          ended('abandoned')
        }
      },
      (err: unknown) => {
        if (!over) callback({ err, isDisposed: true })
      },
    )
    return () => {
      release()
      over = true
    }
  }

  protected async dispatchEvent<T>(packet: ReadPacket): Promise<T> {
    const { client } = await this.#reach()
    return client.dispatchPacket(packet)
  }

  /** Picks an instance and connects to it. */
  async #reach(): Promise<{ client: InstanceClient; instance: Instance; view: ServiceView }> {
    const view = await this.connect()
    const tried: Instance[] = []
    let last: unknown
    while (tried.length < maxUnreachable) {
      const instance = view.pick({ exclude: tried })
      if (instance === undefined) break
      tried.push(instance)
      const client = this.#clientOf(instance)
      try {
        await client.reach(this.#options.connectTimeoutMs ?? defaultConnectTimeoutMs)
        return { client, instance, view }
      } catch (error) {
        last = error
        // What has not connected by now is not to connect later.
        client.close()
        view.report(instance, { result: 'unreachable' })
      }
    }
    const { service } = this.#options
    const why = last === undefined ? '' : `; the last one: ${messageOf(last)}`
    throw new WaypostError(
      'no-instance',
      `No instance of ${service} takes messages; ${view.instances.length} are known, ${tried.length} were tried${why}.`,
      { cause: last },
    )
  }

  #lost({ address }: InstanceClient, cause: unknown): WaypostError {
    return new WaypostError(
      'outcome-unknown',
      `The connection to ${this.#options.service} at ${address} was closed before the answer came: whether the message ` +
        'was handled is not known, so it is not sent again.',
      { cause },
    )
  }

  #clientOf({ key, host, port }: Instance): InstanceClient {
    let client = this.#clients.get(key)
    if (client === undefined || client.address !== `${host}:${port}`) {
      client?.retire()
      client = new InstanceClient({ ...this.#options, host, port })
      this.#clients.set(key, client)
    }
    return client
  }

  async #follow(): Promise<ServiceView> {
    const { waypost, service, discoverTimeoutMs: timeoutMs } = this.#options
    try {
      const view = await waypost.registry.discover(service, { timeoutMs, balance: { algorithm: 'peak-ewma' } })
      void this.#retireThoseGone(view)
      return view
    } catch (error) {
      this.#view = undefined
      throw error
    }
  }

  /** Connections to instances that are gone are closed when their messages are answered. Ends with the view. */
  async #retireThoseGone(view: ServiceView): Promise<void> {
    for await (const { removed } of view.changes()) {
      for (const { instance } of removed) {
        this.#clients.get(instance.key)?.retire()
        this.#clients.delete(instance.key)
      }
    }
  }
}

/** What Nest's client says of messages whose connection was closed. */
function isConnectionLoss(error: unknown): boolean {
  return error instanceof Error && error.message === 'Connection closed'
}

import { randomBytes } from 'node:crypto'
import { type Clock, invalidArgument, type Timer, WaypostError } from '@waypost/core'
import type { OnLease, RegisterOptions } from '@waypost/registry'
import type { ServerStream } from '@waypost/rpc/server'
import type { Caller } from '../caller/caller.ts'
import type { RegisterRequest, RegisterResponse, Registration } from './generated/names.ts'
import { endWithLogin } from './grpc-caller.ts'
import { rpcErrorOf } from './grpc-error.ts'
import { registerOptions, registrationUpdate } from './instance-message.ts'

const defaultTtlSeconds = 10
const maxTtlSeconds = 3_600
/** How long a stream may be open without saying what it is for. */
const firstMessageMs = 10_000
/** Messages that wait before no more are read. */
const maxWaiting = 16

/** What is registered by one stream. */
interface Registered {
  readonly options: RegisterOptions
  readonly id: string
  readonly ttlSeconds: number
  onLease: OnLease
}

/**
 * One stream of `Names.Register`. Each message renews the lease of the instance. When the client ends the stream, the
 * instance leaves; when the stream breaks, it stays for its time to live, so that the client can go on elsewhere.
 */
export class RegisterCall {
  readonly #stream: ServerStream<RegisterRequest, RegisterResponse>
  readonly #caller: Promise<Caller>
  readonly #waiting: RegisterRequest[] = []
  readonly #firstMessage: Timer
  #registered: Registered | undefined
  #working = false
  #halfClosed = false

  constructor(stream: ServerStream<RegisterRequest, RegisterResponse>, caller: Promise<Caller>, clock: Clock) {
    this.#stream = stream
    this.#caller = caller
    caller.then(
      (known) => endWithLogin(known, stream),
      (error: unknown) => stream.end(rpcErrorOf(error)),
    )
    this.#firstMessage = clock.after(
      firstMessageMs,
      () => stream.end(rpcErrorOf(new WaypostError('deadline-exceeded', 'No registration came.'))),
      { ref: false },
    )
    stream.onMessage((message) => {
      this.#firstMessage.cancel()
      this.#waiting.push(message)
      if (this.#waiting.length >= maxWaiting) stream.pause()
      void this.#work()
    })
    stream.onHalfClose(() => {
      // Clients on Node end their side right before they cancel: what has been cancelled did not end by intent.
      setImmediate(() => {
        this.#halfClosed = true
        void this.#work()
      })
    })
    stream.onClose(() => this.#firstMessage.cancel())
  }

  /** Never rejects. One message after the other, in their order. */
  async #work(): Promise<void> {
    if (this.#working) return
    this.#working = true
    try {
      for (;;) {
        const message = this.#waiting.shift()
        if (message === undefined) break
        if (this.#waiting.length < maxWaiting / 2) this.#stream.resume()
        if (this.#stream.ended) return
        const answer = await this.#answer(message)
        this.#stream.send(answer)
      }
      if (this.#halfClosed && !this.#stream.ended) await this.#leave()
    } catch (error) {
      this.#stream.end(rpcErrorOf(error))
    } finally {
      this.#working = false
    }
  }

  async #answer({ register, heartbeat, change, drain }: RegisterRequest): Promise<RegisterResponse> {
    const registered = this.#registered
    if (register !== undefined) {
      if (registered !== undefined) throw invalidArgument('A stream registers one instance.')
      return this.#register(register)
    }
    if (registered === undefined) throw invalidArgument('The first message must be of the kind register.')
    const { service } = registered.options
    await this.#renew(registered)
    const { signal } = this.#stream
    if (change !== undefined) {
      const { revision } = await registered.onLease.update(service, registered.id, registrationUpdate(change), {
        signal,
      })
      return response(registered, revision)
    }
    if (drain !== undefined) {
      const { revision } = await registered.onLease.drain(service, registered.id, { signal })
      return response(registered, revision)
    }
    if (heartbeat === undefined) throw invalidArgument('The kind of the message is unknown.')
    return response(registered, 0n)
  }

  async #register(message: Registration): Promise<RegisterResponse> {
    const { signal } = this.#stream
    const caller = await this.#caller
    const { ttlSeconds: asked, session } = message
    if (asked > maxTtlSeconds) throw invalidArgument(`The time to live is 1 to ${maxTtlSeconds} seconds, not ${asked}.`)
    const options = registerOptions(message, `${message.host}-${randomBytes(4).toString('hex')}`)
    const ttlSeconds = asked === 0 ? defaultTtlSeconds : asked
    const isKept = session !== 0n && (await isRenewed(caller, session, signal))
    const lease = isKept ? session : await grant(caller, ttlSeconds, signal)
    try {
      const onLease = caller.registry.onLease(lease)
      const { record, revision } = await onLease.register(options, { signal })
      this.#registered = { options: { ...options, id: record.id }, id: record.id, ttlSeconds, onLease }
      return response(this.#registered, revision)
    } catch (error) {
      if (!isKept) await caller.etcd.leases.revoke(lease).catch(() => {})
      throw error
    }
  }

  /** A client that was silent for too long, but lives, is registered again. */
  async #renew(registered: Registered): Promise<void> {
    const { signal } = this.#stream
    const caller = await this.#caller
    if (await isRenewed(caller, registered.onLease.lease, signal)) return
    const lease = await grant(caller, registered.ttlSeconds, signal)
    registered.onLease = caller.registry.onLease(lease)
    await registered.onLease.register(registered.options, { signal })
  }

  async #leave(): Promise<void> {
    const registered = this.#registered
    if (registered !== undefined) {
      const { onLease, options, id } = registered
      await onLease.leave(options.service, id)
      const { etcd } = await this.#caller
      await etcd.leases.revoke(onLease.lease).catch(() => {})
    }
    this.#stream.end()
  }
}

function response({ onLease, id, ttlSeconds }: Registered, revision: bigint): RegisterResponse {
  return { session: onLease.lease, id, ttlSeconds, revision }
}

/** False when the lease has ended. */
async function isRenewed({ etcd }: Caller, lease: bigint, signal: AbortSignal): Promise<boolean> {
  try {
    await etcd.leases.keepAliveOnce(lease, { signal })
    return true
  } catch (error) {
    if (WaypostError.is(error, 'lease-not-found')) return false
    throw error
  }
}

/** A lease that nobody but the client's messages renews. */
async function grant({ etcd }: Caller, ttlSeconds: number, signal: AbortSignal): Promise<bigint> {
  const lease = await etcd.leases.grant({ ttlSeconds, keepAlive: false, signal })
  await lease.close()
  return lease.id
}

import { type Clock, systemClock, type Timer } from '@waypost/core'
import {
  Health,
  type HealthCheckRequest,
  type HealthCheckResponse,
  HealthCheckResponse_ServingStatus as ServingStatus,
} from '@waypost/protocol'
import { RpcError, type RpcHandler, type ServerStream, StatusCode, stream, unary } from '@waypost/rpc/server'

/** How often a server that is watched looks at itself. */
const lookIntervalMs = 1_000

/**
 * gRPC's own health service, which tells of the server as a whole, the service named ``.
 *
 * Source: gRPC, "GRPC Health Checking Protocol". Nobody needs to log in to ask.
 */
export class HealthService {
  readonly #serves: () => boolean
  readonly #clock: Clock
  readonly #watches = new Map<ServerStream<HealthCheckRequest, HealthCheckResponse>, ServingStatus>()
  #timer: Timer | undefined
  #closed = false

  constructor(serves: () => boolean, clock: Clock = systemClock) {
    this.#serves = serves
    this.#clock = clock
  }

  handlers(): RpcHandler[] {
    return [
      unary(Health.check, ({ service }) => {
        if (service !== '') throw new RpcError(StatusCode.NOT_FOUND, 'unknown service')
        return { status: this.#status() }
      }),
      stream(Health.watch, (call) => {
        call.onMessage(({ service }) => this.#watch(call, service))
      }),
    ]
  }

  /** Tells the watchers that the server serves no more. */
  close(): void {
    this.#closed = true
    this.#timer?.cancel()
    this.#tell()
    this.#watches.clear()
  }

  #status(): ServingStatus {
    return this.#serves() && !this.#closed ? ServingStatus.SERVING : ServingStatus.NOT_SERVING
  }

  #watch(call: ServerStream<HealthCheckRequest, HealthCheckResponse>, service: string): void {
    if (service !== '') {
      call.send({ status: ServingStatus.SERVICE_UNKNOWN })
      return
    }
    const status = this.#status()
    call.send({ status })
    if (this.#closed) return
    this.#watches.set(call, status)
    call.onClose(() => {
      this.#watches.delete(call)
      if (this.#watches.size > 0) return
      this.#timer?.cancel()
      this.#timer = undefined
    })
    if (this.#timer === undefined) this.#look()
  }

  #look(): void {
    this.#timer = this.#clock.after(
      lookIntervalMs,
      () => {
        this.#tell()
        this.#look()
      },
      { ref: false },
    )
  }

  #tell(): void {
    const status = this.#status()
    for (const [call, told] of this.#watches) {
      if (told === status) continue
      this.#watches.set(call, status)
      call.send({ status })
    }
  }
}

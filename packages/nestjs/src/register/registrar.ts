import { Server } from 'node:net'
import { Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common'
import type { HttpAdapterHost } from '@nestjs/core'
import { messageOf, WaypostError } from '@waypost/core'
import type { Registration } from '@waypost/registry'
import type { Waypost } from 'waypost'
import { registerOnListen, type ServedInstance, type ServeOptions } from 'waypost/http'
import type { MessagesInFlight } from './messages-in-flight.ts'

export type RegisterWhen = 'when started' | 'on listen'

/** Registers the application, and drains it before anything else of it is shut down. */
export class Registrar implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #waypost: Waypost
  readonly #options: ServeOptions
  readonly #when: RegisterWhen
  readonly #adapterHost: HttpAdapterHost
  readonly #messages: MessagesInFlight
  readonly #logger = new Logger('Waypost')
  #instance: ServedInstance | undefined
  #isMicroservice = false

  constructor(
    waypost: Waypost,
    options: ServeOptions,
    when: RegisterWhen,
    adapterHost: HttpAdapterHost,
    messages: MessagesInFlight,
  ) {
    this.#waypost = waypost
    this.#options = options
    this.#when = when
    this.#adapterHost = adapterHost
    this.#messages = messages
  }

  /** The registration; `undefined` until the server listens and the store has answered. */
  get registration(): Registration | undefined {
    return this.#instance?.registration
  }

  /** Whether the application has begun to leave. */
  get isLeaving(): boolean {
    return this.#instance?.isLeaving ?? false
  }

  /** Settles when the application is registered. Fails when it cannot be, and when nothing listens yet. */
  get registered(): Promise<Registration> {
    return this.#instance?.registered ?? Promise.reject(new WaypostError('failed-precondition', 'Nothing listens yet.'))
  }

  onApplicationBootstrap(): void {
    if (this.#when === 'when started') {
      this.#begin(undefined)
      return
    }
    const server: unknown = this.#adapterHost.httpAdapter?.getHttpServer()
    if (server instanceof Server) this.#begin(server)
    else if (!this.#isMicroservice) {
      this.#logger.warn(
        'There is no HTTP server to register. Start a microservice with `await listenMicroservice(app)` of ' +
          '@waypost/nestjs/microservices; for what listens otherwise write WaypostModule.register({ service, port }).',
      )
    }
  }

  /** @internal A microservice is about to start, which is registered instead of an HTTP server. */
  expectMicroservice(): void {
    this.#isMicroservice = true
  }

  /** @internal A microservice listens. */
  listening(server: Server | undefined): void {
    if (this.#instance === undefined) this.#begin(server)
  }

  /** Leaves; the servers go on. */
  async drain(): Promise<void> {
    try {
      await this.#instance?.drain()
    } catch (error) {
      this.#logger.warn(`${this.#options.service} left without proof: ${messageOf(error)}`)
    }
  }

  onModuleDestroy(): Promise<void> {
    return this.drain()
  }

  #begin(server: Server | undefined): void {
    const { drain, onProblem, ...options } = this.#options
    const instance = registerOnListen(this.#waypost.registry, server, {
      ...options,
      drain: { inFlight: () => instance.inFlight + this.#messages.count, ...drain },
      onProblem: onProblem ?? ((error, retryInMs) => this.#tell(error, retryInMs)),
    })
    this.#instance = instance
    instance.registered.then(
      ({ record: { service, id, host, port } }) => this.#logger.log(`Registered ${service} ${id} at ${host}:${port}`),
      () => {},
    )
  }

  #tell(error: unknown, retryInMs: number | undefined): void {
    const { service } = this.#options
    if (retryInMs === undefined) this.#logger.error(`${service} is not registered: ${messageOf(error)}`)
    else this.#logger.warn(`${service} is not registered yet: ${messageOf(error)}`)
  }
}

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
  /** That of the application first; a hybrid application has more. */
  readonly #instances: ServedInstance[] = []
  #isMicroservice = false

  /** @internal Made by `WaypostModule.registerOnListen`. */
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
    return this.#instances[0]?.registration
  }

  /** Whether the application has begun to leave. */
  get isLeaving(): boolean {
    return this.#instances.some(({ isLeaving }) => isLeaving)
  }

  /** Settles when the application is registered. Fails when it cannot be, and when nothing listens yet. */
  get registered(): Promise<Registration> {
    return (
      this.#instances[0]?.registered ?? Promise.reject(new WaypostError('failed-precondition', 'Nothing listens yet.'))
    )
  }

  onApplicationBootstrap(): void {
    if (this.#when === 'when started') {
      this.#begin(undefined)
      return
    }
    const server = this.#httpServer
    if (server) this.#begin(server)
    else if (!this.#isMicroservice) {
      this.#logger.warn(
        'There is no HTTP server to register. Start a microservice with `await listenMicroservice(app)` of ' +
          '@waypost/nestjs/microservices; for what listens otherwise write WaypostModule.register({ service, port }).',
      )
    }
  }

  /**
   * @internal A microservice is about to start. In a hybrid application the options of `registerOnListen` are those of
   * its HTTP server.
   */
  expectMicroservice(options: ServeOptions | undefined): void {
    this.#isMicroservice = true
    if (options === undefined && this.#httpServer) {
      throw new WaypostError(
        'invalid-argument',
        `This application also serves HTTP, which is registered as ${this.#options.service}. Say how the microservice ` +
          "is: listenMicroservice(microservice, { register: { service: 'math' } }).",
      )
    }
  }

  /** @internal A microservice listens. */
  listening(server: Server | undefined, options: ServeOptions | undefined): Promise<Registration> {
    return this.#begin(server, options).registered
  }

  /** Leaves; the servers go on. */
  async drain(): Promise<void> {
    await Promise.all(this.#instances.map((instance) => this.#drain(instance)))
  }

  onModuleDestroy(): Promise<void> {
    return this.drain()
  }

  get #httpServer(): Server | undefined {
    const server: unknown = this.#adapterHost.httpAdapter?.getHttpServer()
    return server instanceof Server ? server : undefined
  }

  #begin(server: Server | undefined, { drain, onProblem, ...options } = this.#options): ServedInstance {
    const instance = registerOnListen(this.#waypost.registry, server, {
      ...options,
      drain: { inFlight: () => instance.inFlight + this.#messages.count, ...drain },
      onProblem: onProblem ?? ((error, retryInMs) => this.#tell(options.service, error, retryInMs)),
    })
    this.#instances.push(instance)
    instance.registered.then(
      ({ record: { service, id, host, port } }) => this.#logger.log(`Registered ${service} ${id} at ${host}:${port}`),
      () => {},
    )
    return instance
  }

  async #drain(instance: ServedInstance): Promise<void> {
    try {
      await instance.drain()
    } catch (error) {
      this.#logger.warn(`${instance.service} left without proof: ${messageOf(error)}`)
    }
  }

  #tell(service: string, error: unknown, retryInMs: number | undefined): void {
    if (retryInMs === undefined) this.#logger.error(`${service} is not registered: ${messageOf(error)}`)
    else this.#logger.warn(`${service} is not registered yet: ${messageOf(error)}`)
  }
}

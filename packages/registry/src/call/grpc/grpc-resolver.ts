import { messageOf } from '@waypost/core'
import { takesTraffic } from '../../balance/balancer.ts'
import type { Registry } from '../../registry.ts'
import type { ServiceView } from '../../service-view.ts'
import {
  type GrpcEndpoint,
  type GrpcListener,
  type GrpcModule,
  type GrpcStatus,
  type GrpcTarget,
  tellEndpoints,
  tellError,
} from './grpc-api.ts'

export interface GrpcResolverOptions {
  /** The scheme of the targets. Default `waypost`, as in `waypost:///user`. */
  readonly scheme?: string | undefined
  /**
   * A gRPC service config, for example with a retry policy. Default one that takes all instances in turn; without that,
   * gRPC sends everything to the first.
   */
  readonly serviceConfig?: ((service: string) => object) | undefined
}

const defaultScheme = 'waypost'
const inTurn = { loadBalancingConfig: [{ round_robin: {} }], methodConfig: [] }

/**
 * Lets clients of `@grpc/grpc-js` call services by name: `new Client('waypost:///user', credentials)`. The addresses
 * are those of the instances that take traffic, live. For the whole process, so once for each scheme.
 */
export function registerGrpcResolver(grpc: GrpcModule, registry: Registry, options: GrpcResolverOptions = {}): void {
  const { scheme = defaultScheme, serviceConfig = () => inTurn } = options

  class Resolver {
    readonly #service: string
    readonly #listener: GrpcListener
    #following: Following | undefined

    constructor(target: GrpcTarget, listener: GrpcListener) {
      this.#service = serviceOf(target)
      this.#listener = listener
    }

    static getDefaultAuthority(target: GrpcTarget): string {
      return serviceOf(target)
    }

    /** gRPC wants to hear the addresses (again), and never from within this call. */
    updateResolution(): void {
      if (this.#following?.hasFailed) this.destroy()
      this.#following ??= new Following(registry, this.#service, {
        endpoints: (endpoints) => tellEndpoints(this.#listener, endpoints, serviceConfig(this.#service)),
        error: (details) => tellError(this.#listener, this.#unavailable(details)),
      })
      this.#following.tell()
    }

    destroy(): void {
      this.#following?.end()
      this.#following = undefined
    }

    #unavailable(details: string): GrpcStatus {
      return { code: grpc.status.UNAVAILABLE, details, metadata: new grpc.Metadata() }
    }
  }

  grpc.experimental.registerResolver(scheme, Resolver)
}

interface Told {
  endpoints(endpoints: readonly GrpcEndpoint[]): void
  error(details: string): void
}

/** Follows a service for one resolver until that is destroyed. */
class Following {
  readonly #registry: Registry
  readonly #service: string
  readonly #told: Told
  #view: ServiceView | undefined
  #error: string | undefined
  #last = ''
  #isOver = false

  constructor(registry: Registry, service: string, told: Told) {
    this.#registry = registry
    this.#service = service
    this.#told = told
    void this.#follow()
  }

  /** The store has refused: it has to be asked anew. */
  get hasFailed(): boolean {
    return this.#error !== undefined
  }

  /** Tells the latest, if there is something to tell by then. */
  tell(): void {
    setImmediate(() => this.#tellNow())
  }

  end(): void {
    this.#isOver = true
    void this.#view?.close()
  }

  async #follow(): Promise<void> {
    try {
      const view = await this.#registry.discover(this.#service, { wait: false })
      this.#view = view
      if (this.#isOver) await view.close()
      const changes = view.changes()
      await view.ready
      this.#tellNow()
      for await (const _ of changes) if (this.#digest() !== this.#last) this.#tellNow()
    } catch (error) {
      this.#error = messageOf(error)
      this.#tellNow()
    }
  }

  #tellNow(): void {
    if (this.#isOver) return
    if (this.#error !== undefined) {
      this.#told.error(`The instances of ${this.#service} cannot be followed: ${this.#error}`)
      return
    }
    if (!this.#view?.isReady) return
    const endpoints = this.#endpoints(this.#view)
    this.#last = this.#digest()
    if (endpoints.length > 0) this.#told.endpoints(endpoints)
    else this.#told.error(`No instance of ${this.#service} takes traffic; ${this.#view.instances.length} are known.`)
  }

  /** Changes that move no address must not make gRPC connect anew. */
  #digest(): string {
    return this.#view === undefined ? '' : JSON.stringify(this.#endpoints(this.#view))
  }

  #endpoints(view: ServiceView): readonly GrpcEndpoint[] {
    return view.instances.filter(takesTraffic).map(({ host, port }) => ({ addresses: [{ host, port }] }))
  }
}

function serviceOf({ path }: GrpcTarget): string {
  return path.replace(/^\//, '')
}

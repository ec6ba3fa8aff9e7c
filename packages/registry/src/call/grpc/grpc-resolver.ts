import { messageOf } from '@waypost/core'
import { checkOptions, functionKind, type OptionKinds, optionsKind, text } from '@waypost/core/options'
import { type BalanceOptions, balanceOptionKinds, resolveBalance } from '../../balance/balance-options.ts'
import { takesTraffic } from '../../balance/balancer.ts'
import type { ServiceView } from '../../discover/service-view.ts'
import type { Registry } from '../../registry.ts'
import {
  type GrpcChannelHelper,
  type GrpcListener,
  type GrpcModule,
  type GrpcStatus,
  type GrpcTarget,
  tellEndpoints,
  tellError,
} from './grpc-api.ts'
import { type PolicyInput, policyName, registerPolicy } from './grpc-policy.ts'

export interface GrpcResolverOptions {
  /** The scheme of the targets. Default `waypost`, as in `waypost:///user`. */
  readonly scheme?: string | undefined
  /**
   * How calls are spread over the instances. Default `least-in-flight`. `peak-ewma` is for services without streams: it
   * takes the time from a call's start to its end for the latency.
   */
  readonly balance?: BalanceOptions | undefined
  /**
   * A gRPC service config, for example with a retry policy. One with a `loadBalancingConfig` chooses a policy of gRPC's
   * own instead of `balance`. Default none.
   */
  readonly serviceConfig?: ((service: string) => object) | undefined
}

const grpcResolverOptionKinds: OptionKinds<GrpcResolverOptions> = {
  scheme: text,
  balance: optionsKind(balanceOptionKinds),
  serviceConfig: functionKind<(service: string) => object>(),
}

const defaultScheme = 'waypost'

/**
 * Lets clients of `@grpc/grpc-js` call services by name: `new Client('waypost:///user', credentials)`. The addresses
 * are those of the instances that take traffic, live. For the whole process, so once for each scheme. Throws
 * `invalid-argument` when `balance` would not work.
 */
export function registerGrpcResolver<Helper extends GrpcChannelHelper>(
  grpc: GrpcModule<Helper>,
  registry: Registry,
  options: GrpcResolverOptions = {},
): void {
  checkOptions('registerGrpcResolver', options, grpcResolverOptionKinds)
  const { scheme = defaultScheme, serviceConfig = () => ({}) } = options
  const balance = resolveBalance(options.balance ?? {}, 'least-in-flight')

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
        instances: (view) => this.#tell(view),
        error: (details) => tellError(this.#listener, this.#unavailable(details)),
      })
      this.#following.tell()
    }

    destroy(): void {
      this.#following?.end()
      this.#following = undefined
    }

    #tell(view: ServiceView): void {
      const instances = view.instances.filter(takesTraffic)
      const noInstance = `No instance of ${this.#service} takes traffic; ${view.instances.length} are known.`
      const report = view.report.bind(view)
      const input: PolicyInput = { instances, balance, noInstance, report }
      const config = {
        loadBalancingConfig: [{ [policyName]: input }],
        methodConfig: [],
        ...serviceConfig(this.#service),
      }
      const endpoints = instances.map(({ host, port }) => ({ addresses: [{ host, port }] }))
      tellEndpoints(this.#listener, endpoints, config)
    }

    #unavailable(details: string): GrpcStatus {
      return { code: grpc.status.UNAVAILABLE, details, metadata: new grpc.Metadata() }
    }
  }

  registerPolicy(grpc)
  grpc.experimental.registerResolver(scheme, Resolver)
}

interface Told {
  instances(view: ServiceView): void
  error(details: string): void
}

/** Follows a service for one resolver until that is destroyed. */
class Following {
  readonly #registry: Registry
  readonly #service: string
  readonly #told: Told
  #view: ServiceView | undefined
  #error: string | undefined
  #isOver = false

  constructor(registry: Registry, service: string, told: Told) {
    this.#registry = registry
    this.#service = service
    this.#told = told
    void this.#follow()
  }

  /** The store has refused: it has to be asked again. */
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
      for await (const _ of changes) this.#tellNow()
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
    if (this.#view?.isReady) this.#told.instances(this.#view)
  }
}

function serviceOf({ path }: GrpcTarget): string {
  return path.replace(/^\//, '')
}

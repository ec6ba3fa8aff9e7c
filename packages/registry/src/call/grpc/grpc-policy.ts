import type { BalanceSettings } from '../../balance/balance-options.ts'
import type { Outcome } from '../../balance/balancer.ts'
import { LoadBalancer } from '../../balance/load-balancer.ts'
import type { Instance } from '../../record/instance.ts'
import type { GrpcChannelHelper, GrpcLeaf, GrpcModule, GrpcPicker, GrpcPickResult, GrpcPolicy } from './grpc-api.ts'

/** The name under which a service config asks for the policy. */
export const policyName = 'waypost'

/** What the resolver tells the policy. gRPC hands it on as it is. */
export interface PolicyInput {
  /** Those that take traffic. */
  readonly instances: readonly Instance[]
  readonly balance: BalanceSettings
  /** Why there is no instance, when there is none. */
  readonly noInstance: string
  /** Called with what happens to connections and calls. */
  readonly report: (instance: Instance, outcome: Outcome) => void
}

interface Child {
  instance: Instance
  readonly leaf: GrpcLeaf
  isReady: boolean
}

/**
 * Lets Waypost's balancer choose among the instances that gRPC is connected to. It is connected to all, as gRPC's own
 * `round_robin` is.
 */
export function registerPolicy<Helper extends GrpcChannelHelper>(grpc: GrpcModule<Helper>): void {
  const { experimental, connectivityState, status } = grpc

  class Config {
    readonly input: PolicyInput

    constructor(input: PolicyInput) {
      this.input = input
    }

    static createFromJson(input: PolicyInput): Config {
      return new Config(input)
    }

    getLoadBalancerName(): string {
      return policyName
    }

    toJsonObject(): object {
      return { [policyName]: {} }
    }
  }

  class Policy implements GrpcPolicy {
    readonly #helper: Helper
    readonly #children = new Map<string, Child>()
    readonly #picker: GrpcPicker = { pick: (args) => this.#pick(args) }
    #balancer: LoadBalancer | undefined
    #input: PolicyInput | undefined
    /** While children are made, their states are not told one by one. */
    #isUpdating = false
    #lastError = 'none was made yet'

    constructor(helper: Helper) {
      this.#helper = helper
    }

    /** False refuses what is meant for another policy. */
    updateAddressList(_endpoints: unknown, config: unknown, options: object, note = ''): boolean {
      if (!(config instanceof Config)) return false
      const { input } = config
      this.#input = input
      this.#balancer ??= new LoadBalancer(input.balance)
      this.#isUpdating = true
      const current = new Map(input.instances.map((instance) => [instance.key, instance]))
      for (const [key, { instance }] of this.#children) {
        if (current.get(key)?.address !== instance.address) this.#drop(key)
      }
      for (const instance of input.instances) {
        const child = this.#children.get(instance.key)
        if (child === undefined) this.#add(instance, options, note)
        else {
          child.instance = instance
          if (child.isReady) this.#balancer.set(instance)
        }
      }
      this.#isUpdating = false
      this.#publish()
      return true
    }

    /** It is never idle. */
    exitIdle(): void {}

    /** gRPC's connections keep their own. */
    resetBackoff(): void {}

    destroy(): void {
      for (const key of [...this.#children.keys()]) this.#drop(key)
      this.#balancer?.close()
    }

    getTypeName(): string {
      return policyName
    }

    #add(instance: Instance, options: object, note: string): void {
      const { host, port, key } = instance
      const helper = experimental.createChildChannelControlHelper(this.#helper, {
        updateState: (_state, _picker, error) => this.#changed(key, error),
      })
      const leaf = new experimental.LeafLoadBalancer({ addresses: [{ host, port }] }, helper, options, note)
      this.#children.set(key, { instance, leaf, isReady: false })
      leaf.startConnecting()
    }

    #drop(key: string): void {
      const child = this.#children.get(key)
      this.#children.delete(key)
      this.#balancer?.delete(key)
      child?.leaf.destroy()
    }

    #changed(key: string, error: string | null): void {
      const child = this.#children.get(key)
      if (child === undefined) return
      const { instance, leaf } = child
      const state = leaf.getConnectivityState()
      child.isReady = state === connectivityState.READY
      if (child.isReady) {
        this.#balancer?.set(instance)
        this.#input?.report(instance, { result: 'ok' })
      } else {
        this.#balancer?.delete(key)
        if (state === connectivityState.TRANSIENT_FAILURE) this.#input?.report(instance, { result: 'unreachable' })
        if (state === connectivityState.IDLE) leaf.exitIdle()
      }
      if (error !== null) this.#lastError = error
      if (!this.#isUpdating) this.#publish()
    }

    #publish(): void {
      const states = new Set([...this.#children.values()].map(({ leaf }) => leaf.getConnectivityState()))
      const { READY, CONNECTING, IDLE, TRANSIENT_FAILURE } = connectivityState
      if (states.has(READY)) this.#helper.updateState(READY, this.#picker, null)
      else if (states.has(CONNECTING) || states.has(IDLE)) {
        this.#helper.updateState(CONNECTING, new experimental.QueuePicker(this), null)
      } else {
        const isEmpty = states.size === 0
        const details = isEmpty ? this.#input?.noInstance : `No instance can be reached: ${this.#lastError}`
        const picker = new experimental.UnavailablePicker({ details: details ?? '' })
        this.#helper.updateState(TRANSIENT_FAILURE, picker, details ?? '')
      }
    }

    #pick(args: object): GrpcPickResult {
      const instance = this.#balancer?.pick()
      const child = instance && this.#children.get(instance.key)
      // The last connection is being lost: gRPC asks again when that has been told.
      if (instance === undefined || child === undefined) return new experimental.QueuePicker(this).pick(args)
      const picked = child.leaf.getPicker().pick(args)
      return picked.subchannel === null ? picked : this.#counted(instance, picked)
    }

    #counted(instance: Instance, picked: GrpcPickResult): GrpcPickResult {
      let startedMs = 0
      return {
        ...picked,
        onCallStarted: () => {
          picked.onCallStarted?.()
          startedMs = performance.now()
          this.#balancer?.begin(instance)
        },
        onCallEnded: (code, details, metadata) => {
          picked.onCallEnded?.(code, details, metadata)
          const outcome = { result: resultOf(code), latencyMs: performance.now() - startedMs }
          this.#balancer?.end(instance, outcome)
          this.#input?.report(instance, outcome)
        },
      }
    }
  }

  /** Every other status is the service's own answer. */
  function resultOf(code: number): Outcome['result'] {
    if (code === status.CANCELLED) return 'abandoned'
    return code === status.UNAVAILABLE || code === status.DEADLINE_EXCEEDED ? 'failed' : 'ok'
  }

  experimental.registerLoadBalancerType(policyName, Policy, Config)
}

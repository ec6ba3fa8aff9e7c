import { EtcdClient, type EtcdClientOptions, etcdClientOptionKinds, presenceOptionKinds } from '@waypost/client'
import { ConfigCenter, type ConfigCenterOptions } from '@waypost/config/admin'
import { Coordination, type CoordinationOptions } from '@waypost/coordination'
import { WaypostError } from '@waypost/core'
import { anyOf, checkOptions, kindOf, listOf, type OptionKinds, text } from '@waypost/core/options'
import { Registry, type RegistryOptions } from '@waypost/registry'
import { readEnvironment, type StoreEnvironment, type Variables } from './environment.ts'
import { gatewayCheck, gatewayCheckName } from './gateway-check.ts'

/**
 * Where the store is, and how to reach it. What is not given comes from the environment: `WAYPOST_ENDPOINTS`,
 * `WAYPOST_USER`, `WAYPOST_PASSWORD`, `WAYPOST_NAMESPACE`, `WAYPOST_TIMEOUT`, `WAYPOST_CACERT`, `WAYPOST_CERT`,
 * `WAYPOST_KEY`, and `ETCDCTL_…` for those that are not set. Without any endpoint it is `http://127.0.0.1:2379`.
 */
export interface ConnectOptions extends Omit<EtcdClientOptions, 'endpoints'>, Pick<RegistryOptions, 'ttlSeconds'> {
  readonly endpoints?: string | readonly string[] | undefined
  /** How the registry works. */
  readonly registry?: RegistryOptions | undefined
  /** How configurations are read and published: who this instance is, its keys, its snapshots. */
  readonly config?: ConfigCenterOptions | undefined
  /** How places in locks, elections and queues are kept. */
  readonly coordination?: CoordinationOptions | undefined
  /** What to read instead of `process.env`. */
  readonly env?: Variables | undefined
}

const anObject = (value: unknown): boolean => typeof value === 'object' && value !== null

/** The parts check what is inside of theirs. */
const connectOptionKinds: OptionKinds<ConnectOptions> = {
  ...etcdClientOptionKinds,
  endpoints: anyOf(text, listOf(text)),
  ttlSeconds: presenceOptionKinds.ttlSeconds,
  registry: kindOf<RegistryOptions>('an object', anObject),
  config: kindOf<ConfigCenterOptions>('an object', anObject),
  coordination: kindOf<CoordinationOptions>('an object', anObject),
  env: kindOf<Variables>('an object', anObject),
}

const defaultEndpoint = 'http://127.0.0.1:2379'

/**
 * Opens the store. Nothing is sent until something is asked for, so a store that is away does not keep a process
 * from starting. Close it when done: `await using waypost = await connect()`, or `await waypost.close()`.
 *
 * @example
 * ```ts
 * await using waypost = await connect({ endpoints: 'http://127.0.0.1:2379' })
 * await waypost.registry.register({ service: 'user', port: 3000 })
 * const users = await waypost.registry.discover('user')
 * console.log(users.pick()?.port) // 3000
 * ```
 */
export async function connect(options: ConnectOptions = {}): Promise<Waypost> {
  checkOptions('connect', options, connectOptionKinds)
  const { env, ttlSeconds, registry, config, coordination, ...clientOptions } = options
  const environment = readEnvironment(env)
  const etcd = new EtcdClient({
    ...clientOptions,
    endpoints: options.endpoints ?? environment.endpoints ?? defaultEndpoint,
    auth: options.auth ?? credentials(environment),
    tls: options.tls ?? certificates(environment),
    namespace: options.namespace ?? environment.namespace,
    timeoutMs: options.timeoutMs ?? environment.timeoutMs,
  })
  const { clock } = options
  return new Waypost(
    etcd,
    { ttlSeconds, clock, ...registry },
    { clock, ...config, checks: { [gatewayCheckName]: gatewayCheck, ...config?.checks } },
    { ttlSeconds, clock, ...coordination },
  )
}

/** An open store: the registry, the configuration, the coordination, and the etcd client below them for everything else. */
export class Waypost {
  readonly etcd: EtcdClient
  readonly registry: Registry
  readonly config: ConfigCenter
  readonly coordination: Coordination
  #closing: Promise<void> | undefined

  /** @internal Made by `connect`. */
  constructor(
    etcd: EtcdClient,
    registry: RegistryOptions,
    config: ConfigCenterOptions,
    coordination: CoordinationOptions,
  ) {
    this.etcd = etcd
    this.registry = new Registry(etcd, registry)
    this.config = new ConfigCenter(etcd, config)
    this.coordination = new Coordination(etcd, coordination)
  }

  /**
   * Deregisters what was registered, ends what is followed, and disconnects. Idempotent and bounded;
   * nothing is left that keeps the process alive.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    await Promise.all([this.registry.close(), this.config.close(), this.coordination.close()])
    await this.etcd.close()
  }
}

function credentials({ username, password }: StoreEnvironment): EtcdClientOptions['auth'] {
  if (username === undefined) return undefined
  if (password !== undefined) return { username, password }
  throw new WaypostError(
    'invalid-argument',
    `The environment names the user ${username} and no password; set WAYPOST_PASSWORD.`,
  )
}

/** As files, so that renewed certificates are used from the next connection on. */
function certificates(environment: StoreEnvironment): EtcdClientOptions['tls'] {
  const { caFile, certFile, keyFile, trustAll } = environment
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new WaypostError('invalid-argument', 'WAYPOST_CERT and WAYPOST_KEY go together.')
  }
  if (caFile === undefined && certFile === undefined && !trustAll) return undefined
  return { caFile, certFile, keyFile, rejectUnauthorized: !trustAll }
}

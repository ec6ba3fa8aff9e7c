import { get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { patienceMs } from '../patience.ts'
import { Program } from '../process/program.ts'
import { removeTempDir } from '../process/temp-dir.ts'

/** Where in the network a member runs. */
export interface EtcdPlace {
  /** The address at which clients reach it. */
  readonly host: string
  /** The address at which other members reach it. */
  readonly peerHost: string
  /** The command that runs another one at this place, such as `ip netns exec a`. */
  readonly via: readonly string[]
}

export const loopback: EtcdPlace = { host: '127.0.0.1', peerHost: '127.0.0.1', via: [] }

/** How one member is started; the same again at each restart. */
export interface EtcdMemberPlan {
  /** Default 127.0.0.1. */
  readonly place?: EtcdPlace | undefined
  readonly binary: string
  readonly name: string
  readonly dataDir: string
  readonly clientPort: number
  readonly peerPort: number
  /** Of the whole cluster, as `name=peerUrl` joined by commas. */
  readonly initialCluster: string
  readonly token: string
  readonly extraArgs: readonly string[]
}

/** The port was taken between its choice and its use. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError'
}

/** One real etcd process on ports of its own and a data directory that `close` removes. */
export class EtcdProcess {
  readonly host: string
  readonly port: number
  readonly url: string
  readonly dataDir: string
  readonly #plan: EtcdMemberPlan
  readonly #place: EtcdPlace
  #program: Program | undefined
  #paused = false

  constructor(plan: EtcdMemberPlan) {
    this.#plan = plan
    this.#place = plan.place ?? loopback
    this.host = this.#place.host
    this.port = plan.clientPort
    this.url = `http://${this.host}:${plan.clientPort}`
    this.dataDir = plan.dataDir
  }

  get name(): string {
    return this.#plan.name
  }

  get pid(): number | undefined {
    return this.running ? this.#program?.pid : undefined
  }

  get running(): boolean {
    return this.#program?.running ?? false
  }

  /** What etcd has written to its log: errors only. */
  get log(): string {
    return this.#program?.stderr ?? ''
  }

  /** Starts the process without waiting until it answers. */
  async launch(): Promise<void> {
    const plan = this.#plan
    const { via, peerHost } = this.#place
    const peerUrl = `http://${peerHost}:${plan.peerPort}`
    this.#paused = false
    const [command = plan.binary, ...before] = [...via, plan.binary]
    this.#program = await Program.start(
      command,
      [
        ...before,
        ...['--name', plan.name, '--data-dir', plan.dataDir],
        ...['--listen-client-urls', this.url, '--advertise-client-urls', this.url],
        ...['--listen-peer-urls', peerUrl, '--initial-advertise-peer-urls', peerUrl],
        ...['--initial-cluster', plan.initialCluster, '--initial-cluster-token', plan.token],
        ...['--logger', 'zap', '--log-level', 'error', '--log-outputs', 'stderr'],
        ...plan.extraArgs,
      ],
      { env: withoutEtcdVariables() },
    )
  }

  /** Resolves once a read through the whole cluster is answered here. */
  async healthy(timeoutMs = patienceMs): Promise<void> {
    const deadline = performance.now() + timeoutMs
    while (performance.now() < deadline) {
      if (!this.running) {
        if (/address already in use/.test(this.log)) throw new PortTakenError(`etcd's port was taken: ${this.log}`)
        throw new Error(`etcd ended while it was starting: ${this.log}`)
      }
      if (await answersHealthy(this.url)) return
      await sleep(20)
    }
    throw new Error(`etcd at ${this.url} was not healthy within ${timeoutMs} ms: ${this.log}`)
  }

  /** SIGTERM, then SIGKILL when that takes too long. The data stays. */
  async stop(): Promise<void> {
    if (this.#paused) this.resume()
    await this.#program?.stop()
  }

  /** SIGKILL, as a crash. The data stays. */
  async kill(): Promise<void> {
    await this.#program?.kill()
  }

  /** Freezes the process: its sockets stay open and nothing answers. */
  pause(): void {
    this.#program?.signal('SIGSTOP')
    this.#paused = true
  }

  resume(): void {
    this.#program?.signal('SIGCONT')
    this.#paused = false
  }

  /** Starts it again on the same ports and data; stops it first if it runs. */
  async restart(): Promise<void> {
    await this.stop()
    for (let attempt = 1; ; attempt++) {
      await this.launch()
      try {
        await this.healthy()
        return
      } catch (error) {
        if (!(error instanceof PortTakenError) || attempt === 20) throw error
        await sleep(100)
      }
    }
  }

  /** Ends it and removes its data: at once, since nothing of it is wanted any more. */
  async close(): Promise<void> {
    await this.kill()
    await removeTempDir(this.dataDir)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

/** etcd answers `/health` with a linearizable read of its own. */
function answersHealthy(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(`${url}/health`, { agent: false, timeout: 2_000 }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text
      })
      response.on('end', () => resolve(response.statusCode === 200 && body.includes('"true"')))
      response.on('error', () => resolve(false))
    })
    request.on('timeout', () => request.destroy())
    request.on('error', () => resolve(false))
  })
}

/** etcd reads its flags from the environment too. */
function withoutEtcdVariables(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {}
  for (const [name, value] of Object.entries(process.env)) if (!name.startsWith('ETCD_')) env[name] = value
  return env
}

import { fileURLToPath } from 'node:url'
import { EtcdClient } from '@waypost/client'
import type { RegisterOptions, RegistryOptions } from '@waypost/registry'
import { type ContractStore, Program, patienceMs, type StoreFlavour } from '@waypost/testkit'
import { afterEach, beforeEach } from 'vitest'

class RunningProcess {
  readonly program: Program

  protected constructor(program: Program) {
    this.program = program
  }
}

/** A process that serves and registers itself. */
export class InstanceProcess extends RunningProcess {
  readonly port: number

  private constructor(program: Program, port: number) {
    super(program)
    this.port = port
  }

  static async start(url: string, options: Partial<RegisterOptions>): Promise<InstanceProcess> {
    const program = await start('instance.mjs', url, options)
    const output = await program.waitForOutput(/^registered \d+$/m)
    return new InstanceProcess(program, Number(/^registered (\d+)$/m.exec(output)?.[1]))
  }

  /** Its event loop does nothing else for so long. */
  async stayBusy(ms: number): Promise<void> {
    const headers = { connection: 'close' }
    await (await fetch(`http://127.0.0.1:${this.port}/?busyMs=${ms}`, { headers })).text()
  }
}

export interface ConsumerReport {
  readonly ok: number
  readonly failed: number
  /** Picks that found nobody. */
  readonly none: number
  readonly added: readonly string[]
  readonly removed: readonly string[]
  /** The shortest that the list has been. */
  readonly smallest: number
  readonly ids: readonly string[]
  readonly isStale: boolean
  /** Whether it began with its snapshot. */
  readonly fromDisk: boolean
}

/** A process that follows the service and calls it all the time. */
export class ConsumerProcess extends RunningProcess {
  static async start(url: string, options: RegistryOptions = {}): Promise<ConsumerProcess> {
    const program = await start('consumer.mjs', url, options)
    await program.waitForOutput('following')
    return new ConsumerProcess(program)
  }

  report(): Promise<ConsumerReport> {
    return answerOf(this.program, 'report', 'report')
  }
}

/** What the requests of a `CallerProcess` came to. */
export interface CallerReport {
  /** How many each instance has answered. */
  readonly answered: Readonly<Record<string, number>>
  readonly failed: readonly { readonly method: string; readonly error: string }[]
  /** The ports that took no connection, one for each attempt. */
  readonly refused: readonly number[]
}

/** How many requests are in flight at a time. */
export interface CallerOptions {
  readonly readers: number
  readonly writers: number
  /** How long an instance takes for an answer. */
  readonly delayMs: number
}

/** A process that calls the service through the dispatcher all the time, reading and writing. */
export class CallerProcess extends RunningProcess {
  static async start(url: string, options: CallerOptions): Promise<CallerProcess> {
    const program = await start('caller.mjs', url, options)
    await program.waitForOutput('calling')
    return new CallerProcess(program)
  }

  report(): Promise<CallerReport> {
    return answerOf(this.program, 'report', 'report')
  }
}

export interface ChurnerOptions {
  /** What its ids begin with. */
  readonly prefix: string
  readonly seed: number
  /** How many it begins with. */
  readonly instances: number
  readonly ttlSeconds: number
}

/** A process whose instances come and go when it is told so. */
export class ChurnerProcess extends RunningProcess {
  static async start(url: string, options: ChurnerOptions): Promise<ChurnerProcess> {
    const program = await start('churner.mjs', url, options)
    await program.waitForOutput('registered')
    return new ChurnerProcess(program)
  }

  /** The ids that are registered afterwards. */
  churn(ms: number): Promise<string[]> {
    return answerOf(this.program, `churn ${ms}`, 'settled')
  }
}

/** A process with several views of the service. */
export class ViewersProcess extends RunningProcess {
  static async start(url: string, options: { readonly views: number }): Promise<ViewersProcess> {
    const program = await start('viewers.mjs', url, options)
    await program.waitForOutput('following')
    return new ViewersProcess(program)
  }

  /** What its views show, each list once: of each instance its id, its revision, and whether it is suspect. */
  report(): Promise<{ readonly lists: readonly (readonly [string, string, boolean][])[] }> {
    return answerOf(this.program, 'report', 'report')
  }
}

/** A store, a client of it, and the processes that run on it. */
export class Processes {
  readonly store: ContractStore
  readonly client: EtcdClient
  readonly #running: { readonly program: Program }[] = []

  constructor(store: ContractStore) {
    this.store = store
    this.client = new EtcdClient({ endpoints: store.url, timeoutMs: patienceMs })
  }

  async instance(options: Partial<RegisterOptions>): Promise<InstanceProcess> {
    return this.#keep(await InstanceProcess.start(this.store.url, options))
  }

  async consumer(options?: RegistryOptions): Promise<ConsumerProcess> {
    return this.#keep(await ConsumerProcess.start(this.store.url, options))
  }

  async caller(options: CallerOptions): Promise<CallerProcess> {
    return this.#keep(await CallerProcess.start(this.store.url, options))
  }

  async churner(options: ChurnerOptions): Promise<ChurnerProcess> {
    return this.#keep(await ChurnerProcess.start(this.store.url, options))
  }

  async viewers(options: { readonly views: number }): Promise<ViewersProcess> {
    return this.#keep(await ViewersProcess.start(this.store.url, options))
  }

  /** Kills every process, and forgets what it has registered. */
  async endAll(): Promise<void> {
    await Promise.all(this.#running.splice(0).map(({ program }) => program.kill()))
    await this.client.kv.delete({ all: true })
  }

  async close(): Promise<void> {
    await Promise.all(this.#running.map(({ program }) => program.kill()))
    await this.client.close()
    await this.store.close()
  }

  #keep<T extends { readonly program: Program }>(started: T): T {
    this.#running.push(started)
    return started
  }
}

/** A store of its own for each test of a block. */
export function eachOn(flavour: StoreFlavour, use: (processes: Processes) => void): void {
  let processes: Processes | undefined
  beforeEach(async () => {
    processes = new Processes(await flavour.start())
    use(processes)
  })
  afterEach(() => processes?.close())
}

/** Tells a process something, and waits for the line that begins with the word. */
async function answerOf<T>(program: Program, line: string, word: string): Promise<T> {
  const before = program.stdout.length
  program.write(`${line}\n`)
  const output = await program.waitForOutput(new RegExp(`^[^]{${before}}${word} .*\n`))
  return JSON.parse(new RegExp(`${word} (.*)\n`).exec(output.slice(before))?.[1] ?? '')
}

function start(fixture: string, url: string, options: object): Promise<Program> {
  const file = fileURLToPath(new URL(`fixtures/${fixture}`, import.meta.url))
  return Program.start(process.execPath, [file, url, JSON.stringify(options)], { keepStdinOpen: true })
}

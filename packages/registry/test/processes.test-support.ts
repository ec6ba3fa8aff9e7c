import { fileURLToPath } from 'node:url'
import type { RegisterOptions, RegistryOptions } from '@waypost/registry'
import { Program } from '@waypost/testkit'

/** A process that serves and registers itself. */
export class InstanceProcess {
  readonly program: Program
  readonly port: number

  private constructor(program: Program, port: number) {
    this.program = program
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
  /** When the list became empty, in milliseconds since the Unix epoch. */
  readonly emptyAt: number | null
  /** Whether it began with its snapshot. */
  readonly fromDisk: boolean
}

/** A process that follows the service and calls it all the time. */
export class ConsumerProcess {
  readonly program: Program

  private constructor(program: Program) {
    this.program = program
  }

  static async start(url: string, options: RegistryOptions = {}): Promise<ConsumerProcess> {
    const program = await start('consumer.mjs', url, options)
    await program.waitForOutput('following')
    return new ConsumerProcess(program)
  }

  report(): Promise<ConsumerReport> {
    return reportOf<ConsumerReport>(this.program)
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

/** A process that calls the service through the dispatcher all the time, reading and writing. */
export class CallerProcess {
  readonly program: Program

  private constructor(program: Program) {
    this.program = program
  }

  static async start(
    url: string,
    options: { readonly readers: number; readonly writers: number },
  ): Promise<CallerProcess> {
    const program = await start('caller.mjs', url, options)
    await program.waitForOutput('calling')
    return new CallerProcess(program)
  }

  report(): Promise<CallerReport> {
    return reportOf<CallerReport>(this.program)
  }
}

/** Asks a process for its counts. */
async function reportOf<T>(program: Program): Promise<T> {
  const before = program.stdout.length
  program.write('report\n')
  const output = await program.waitForOutput(new RegExp(`^[^]{${before}}report .*\n`))
  return JSON.parse(/report (.*)\n/.exec(output.slice(before))?.[1] ?? '')
}

function start(fixture: string, url: string, options: object): Promise<Program> {
  const file = fileURLToPath(new URL(`fixtures/${fixture}`, import.meta.url))
  return Program.start(process.execPath, [file, url, JSON.stringify(options)], { keepStdinOpen: true })
}

import { type ChildProcess, spawn } from 'node:child_process'
import { patienceMs } from '../patience.ts'
import { forgetProcess, watchProcess } from './reaper.ts'

export interface ProgramOptions {
  /** Written to standard input, which is then closed. Default nothing. */
  readonly stdin?: string | undefined
  /** Leaves standard input open after `stdin`, for `write` and `closeStdin`. Default false. */
  readonly keepStdinOpen?: boolean | undefined
  /** The whole environment. Default: this process's. */
  readonly env?: NodeJS.ProcessEnv | undefined
  readonly cwd?: string | undefined
}

export interface ProgramExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** The most that is kept of each output, in characters: the first part is dropped. */
const keptOutput = 4_000_000

/** A child process whose output can be waited for, and that never outlives this process. */
export class Program {
  readonly command: string
  readonly pid: number
  /** Settles when the process has ended and its output is complete. Never rejects once started. */
  readonly exited: Promise<ProgramExit>
  readonly #child: ChildProcess
  readonly #listeners = new Set<() => void>()
  #stdout = ''
  #stderr = ''
  #exit: ProgramExit | undefined

  private constructor(child: ChildProcess, pid: number, command: string, exited: Promise<ProgramExit>) {
    this.#child = child
    this.pid = pid
    this.command = command
    this.exited = exited
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout = (this.#stdout + text).slice(-keptOutput)
      this.#notify()
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-keptOutput)
      this.#notify()
    })
  }

  static async start(command: string, args: readonly string[], options: ProgramOptions = {}): Promise<Program> {
    const child = spawn(command, args, { env: options.env, cwd: options.cwd, stdio: 'pipe' })
    const { pid } = child
    if (pid === undefined) {
      throw await new Promise<Error>((resolve) => child.once('error', resolve))
    }
    watchProcess(pid)
    let settle!: (exit: ProgramExit) => void
    const program = new Program(
      child,
      pid,
      command,
      new Promise((resolve) => {
        settle = resolve
      }),
    )
    child.on('error', () => {})
    child.stdin?.on('error', () => {})
    child.once('close', (code, signal) => {
      forgetProcess(pid)
      program.#exit = { code, signal, stdout: program.#stdout, stderr: program.#stderr }
      settle(program.#exit)
      program.#notify()
    })
    if (options.stdin !== undefined) child.stdin?.write(options.stdin)
    if (!options.keepStdinOpen) child.stdin?.end()
    return program
  }

  get running(): boolean {
    return this.#exit === undefined
  }

  get stdout(): string {
    return this.#stdout
  }

  get stderr(): string {
    return this.#stderr
  }

  write(text: string): void {
    this.#child.stdin?.write(text)
  }

  closeStdin(): void {
    this.#child.stdin?.end()
  }

  /** Resolves once standard output matches; rejects when the program ends or the time is up without. */
  waitForOutput(pattern: RegExp | string, timeoutMs = patienceMs): Promise<string> {
    return new Promise((resolve, reject) => {
      const matches = (): boolean =>
        typeof pattern === 'string' ? this.#stdout.includes(pattern) : pattern.test(this.#stdout)
      const fail = (why: string): void => {
        done()
        reject(
          new Error(
            `${this.command} ${why} before its output had ${pattern}\n--- stdout\n${this.#stdout}\n--- stderr\n${this.#stderr}`,
          ),
        )
      }
      const look = (): void => {
        if (matches()) {
          done()
          resolve(this.#stdout)
        } else if (this.#exit) fail(`ended with code ${this.#exit.code} (${this.#exit.signal})`)
      }
      const timer = setTimeout(() => fail(`ran for ${timeoutMs} ms`), timeoutMs)
      const done = (): void => {
        clearTimeout(timer)
        this.#listeners.delete(look)
      }
      this.#listeners.add(look)
      look()
    })
  }

  signal(signal: NodeJS.Signals): void {
    if (this.running) this.#child.kill(signal)
  }

  /** Asks it to end, and after `graceMs` makes it. */
  async stop(graceMs = patienceMs): Promise<ProgramExit> {
    this.signal('SIGTERM')
    const timer = setTimeout(() => this.signal('SIGKILL'), graceMs)
    try {
      return await this.exited
    } finally {
      clearTimeout(timer)
    }
  }

  /** Ends it at once, as a crash would. */
  kill(): Promise<ProgramExit> {
    this.signal('SIGKILL')
    return this.exited
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}

/** Runs a program to its end; after `timeoutMs` it is killed and this rejects. */
export async function run(
  command: string,
  args: readonly string[],
  options: ProgramOptions & { readonly timeoutMs?: number } = {},
): Promise<ProgramExit> {
  const program = await Program.start(command, args, options)
  const timeoutMs = options.timeoutMs ?? patienceMs
  let late = false
  const timer = setTimeout(() => {
    late = true
    program.signal('SIGKILL')
  }, timeoutMs)
  const exit = await program.exited
  clearTimeout(timer)
  if (late)
    throw new Error(`${command} ${args.join(' ')} did not end within ${timeoutMs} ms:\n${exit.stdout}${exit.stderr}`)
  return exit
}

import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type ProgramExit, patienceMs } from '@waypost/testkit'

const program = fileURLToPath(new URL('../test/fixtures/command-host.mjs', import.meta.url))

export interface HostedCommand {
  readonly args: readonly string[]
  /** The whole environment. */
  readonly env: NodeJS.ProcessEnv
  readonly cwd?: string | undefined
  readonly stdin?: string | undefined
}

interface Answer {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** The command has ended the process, and with it the host. */
  readonly hasExited: boolean
}

/**
 * A process that runs one command after the other, since to start Node and to load the command line takes many times as
 * long as most commands do. Each command has arguments, environment, directory, standard streams and an exit code of its
 * own, and ends when nothing of it would keep a process.
 */
class CommandHost {
  readonly #child: ChildProcess
  #settle: { resolve(answer: Answer): void; reject(error: Error): void } | undefined

  constructor(module: string, env: NodeJS.ProcessEnv) {
    this.#child = fork(program, [module], {
      env,
      execArgv: ['--no-warnings'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    this.#child.on('message', (answer) => {
      // What arrives is what `command-host.mjs` sends.
      this.#settle?.resolve(answer as Answer)
    })
    this.#child.once('exit', (code, signal) => {
      this.#settle?.reject(new Error(`A host of commands ended with ${signal ?? code}.`))
    })
    // It ends with this process, and does not keep it.
    this.#child.unref()
    this.#child.channel?.unref()
  }

  run(command: HostedCommand): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
      this.#child.send(command)
    })
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }
}

/** As many as there were commands at a time; kept for the next ones. */
const idle: CommandHost[] = []

/** Runs a command to its end in a process that runs others before and after; rejects when it takes too long. */
export async function runInHost(module: string, command: HostedCommand): Promise<ProgramExit> {
  const host = idle.pop() ?? new CommandHost(module, command.env)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`waypost ${command.args.join(' ')} did not end within ${patienceMs} ms.`))
    }, patienceMs)
  })
  try {
    const { code, stdout, stderr, hasExited } = await Promise.race([host.run(command), late])
    if (!hasExited) idle.push(host)
    return { code, signal: null, stdout, stderr }
  } catch (error) {
    host.kill()
    throw error
  } finally {
    clearTimeout(timer)
  }
}

import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { messageOf, onAbort } from '@waypost/core'

export interface ShellCommandOptions {
  /** Ends the command and what it started, at first kindly. */
  readonly signal?: AbortSignal | undefined
  /** After so long it is ended as well. */
  readonly timeoutMs: number
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>> | undefined
  /** `$1` of the command. */
  readonly argument?: string | undefined
}

export interface ShellExit {
  /** As shells count: 128 plus the number of the signal that ended it, 127 when it could not be started. */
  readonly code: number
  readonly timedOut: boolean
  /** The end of what it wrote to standard output and standard error. */
  readonly output: string
}

const keptOutput = 4_000

/** How long a command that was asked to end is given. */
const graceMs = 2_000

/** How long the rest of its output is waited for once it has ended. */
const outputGraceMs = 200

/** Runs a command line in a shell of its own process group, to its end. Never rejects. */
export function runShellCommand(line: string, options: ShellCommandOptions): Promise<ShellExit> {
  const { signal, timeoutMs, env = {}, argument } = options
  const isWindows = process.platform === 'win32'
  const [shell, args] = isWindows
    ? ['cmd.exe', ['/d', '/s', '/c', line]]
    : ['/bin/sh', ['-c', line, 'sh', ...(argument === undefined ? [] : [argument])]]
  return new Promise((resolve) => {
    let output = ''
    let timedOut = false
    let last: NodeJS.Timeout | undefined
    let outputTimer: NodeJS.Timeout | undefined
    const child = spawn(shell, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
      detached: !isWindows,
    })
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-keptOutput)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    const kill = (name: NodeJS.Signals): void => {
      if (child.pid === undefined) return
      try {
        if (isWindows) child.kill(name)
        else process.kill(-child.pid, name)
      } catch {
        // It has ended meanwhile.
      }
    }
    const end = (): void => {
      if (last) return
      kill('SIGTERM')
      last = setTimeout(() => kill('SIGKILL'), graceMs)
    }
    const timer = setTimeout(() => {
      timedOut = true
      end()
    }, timeoutMs)
    const release = onAbort(signal, end)
    const settle = (code: number): void => {
      clearTimeout(timer)
      clearTimeout(last)
      clearTimeout(outputTimer)
      release()
      child.stdout.destroy()
      child.stderr.destroy()
      resolve({ code, timedOut, output: output.trim() })
    }
    child.once('error', (error) => {
      output = messageOf(error)
      settle(127)
    })
    child.once('exit', (code, name) => {
      const status = code ?? 128 + (name === null ? 0 : constants.signals[name])
      child.once('close', () => settle(status))
      // What it left running in the background may hold its output open forever.
      outputTimer = setTimeout(() => settle(status), outputGraceMs)
    })
  })
}

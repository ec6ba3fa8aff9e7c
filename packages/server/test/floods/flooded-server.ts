import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { fileURLToPath } from 'node:url'
import { Program } from '@waypost/testkit'

const script = fileURLToPath(new URL('server.mjs', import.meta.url))

/** A server in a process of its own, whose memory is watched. */
export class FloodedServer {
  readonly port: number
  readonly #program: Program
  readonly #restingBytes: number
  #peakBytes = 0
  readonly #watch: NodeJS.Timeout

  private constructor(program: Program, port: number) {
    this.port = port
    this.#program = program
    this.#restingBytes = residentBytes(program.pid)
    this.#watch = setInterval(() => this.#look(), 20)
  }

  static async start(): Promise<FloodedServer> {
    const program = await Program.start(process.execPath, [script])
    const output = await program.waitForOutput(/port \d+/)
    const server = new FloodedServer(program, Number(/port (\d+)/.exec(output)?.[1]))
    // What a first request loads is no growth.
    await server.get('/health')
    return server
  }

  /** How far memory rose above what it was at rest, in MiB. */
  get growthMib(): number {
    this.#look()
    return Math.round((this.#peakBytes - this.#restingBytes) / 2 ** 20)
  }

  get isRunning(): boolean {
    return this.#program.running
  }

  /** Resolves to the status; a server that is flooded still answers others. */
  get(path: string): Promise<number> {
    return new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port: this.port, path, agent: false }, (response) => {
        response.resume()
        response.on('end', () => resolve(response.statusCode ?? 0))
      })
        .on('error', reject)
        .end()
    })
  }

  async stop(): Promise<void> {
    clearInterval(this.#watch)
    process.kill(this.#program.pid, 'SIGKILL')
    await this.#program.exited
  }

  #look(): void {
    if (this.#program.running) this.#peakBytes = Math.max(this.#peakBytes, residentBytes(this.#program.pid))
  }
}

function residentBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024
}

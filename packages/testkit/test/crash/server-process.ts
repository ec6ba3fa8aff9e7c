import { get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePorts, makeTempDir, Program, removeTempDir } from '../../src/index.ts'

const bin = fileURLToPath(new URL('../../../waypost/bin/waypost.js', import.meta.url))

/** `waypost serve` as its users run it: a process of its own, from `dist`, on a data directory that stays. */
export class ServerProcess {
  readonly dataDir: string
  readonly port: number
  readonly url: string
  #program: Program | undefined

  private constructor(dataDir: string, port: number) {
    this.dataDir = dataDir
    this.port = port
    this.url = `http://127.0.0.1:${port}`
  }

  static async create(): Promise<ServerProcess> {
    const [port = 0] = await freePorts(1)
    return new ServerProcess(makeTempDir('crash', { onDisk: true }), port)
  }

  /** Starts the process without waiting until it serves. */
  async launch(): Promise<void> {
    const args = [bin, 'serve', '--port', `${this.port}`, '--data-dir', this.dataDir]
    this.#program = await Program.start(process.execPath, args)
  }

  /** Resolves once it serves. */
  async serving(timeoutMs = 20_000): Promise<void> {
    const deadline = performance.now() + timeoutMs
    while (!(await answers(this.url))) {
      const program = this.#program
      if (!program?.running) {
        const { code, signal } = (await program?.exited) ?? {}
        throw new Error(`The server ended (${signal ?? code}): ${program?.stdout}${program?.stderr}`)
      }
      if (performance.now() > deadline) throw new Error(`The server does not answer: ${program.stderr}`)
      await sleep(5)
    }
  }

  /** kill -9. */
  async crash(): Promise<void> {
    await this.#program?.kill()
  }

  async close(): Promise<void> {
    await this.crash()
    await removeTempDir(this.dataDir)
  }
}

function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(`${url}/health`, { agent: false, timeout: 2_000 }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode === 200))
    })
    request.on('timeout', () => request.destroy())
    request.on('error', () => resolve(false))
  })
}

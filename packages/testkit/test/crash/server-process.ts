import { cpSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packedPackages } from '../../../../scripts/packed.js'
import { makeTempDir, Program, removeTempDir } from '../../src/index.ts'

import type { CrashableServer } from './crashable-server.ts'

const { bin } = await packedPackages()
const announcement = /The etcd v3 API is on (http:\S+)/

/**
 * `waypost serve` as its users run it: a process of its own, from what is published, on a data directory that
 * stays. Each start takes a free port, so that nobody else can have it, and nobody else's store can be taken for this one.
 */
export class ServerProcess implements CrashableServer {
  readonly dataDir: string
  #program: Program | undefined
  #url = ''

  private constructor(dataDir: string) {
    this.dataDir = dataDir
  }

  static create(): ServerProcess {
    return new ServerProcess(makeTempDir('crash', { onDisk: true }))
  }

  /** Where it serves since the last `serving`. */
  get url(): string {
    return this.#url
  }

  get pid(): number {
    const pid = this.#program?.pid
    if (pid === undefined) throw new Error('The server does not run.')
    return pid
  }

  /** Starts the process without waiting until it serves. */
  async launch(): Promise<void> {
    this.#program = await Program.start(process.execPath, [
      bin,
      'serve',
      '--no-hub',
      '--port',
      '0',
      '--data-dir',
      this.dataDir,
    ])
  }

  /** Resolves once it serves. */
  async serving(timeoutMs = 20_000): Promise<void> {
    const output = await this.#program?.waitForOutput(announcement, timeoutMs)
    this.#url = announcement.exec(output ?? '')?.[1] ?? ''
  }

  /** kill -9. Rejects when there was nothing left to kill: it must not end of its own accord. */
  async crash(): Promise<void> {
    const program = this.#program
    this.#program = undefined
    if (program === undefined) return
    const { code, signal, stdout, stderr } = await program.kill()
    if (signal !== 'SIGKILL') throw new Error(`The server had ended by itself (${signal ?? code}): ${stdout}${stderr}`)
  }

  /** Keeps a copy of the data for whoever looks into a failure; returns where. */
  keepEvidence(): string {
    const kept = join(tmpdir(), `waypost-crash-evidence-${process.pid}-${Date.now()}`)
    cpSync(this.dataDir, kept, { recursive: true })
    return kept
  }

  async close(): Promise<void> {
    await this.#program?.kill()
    await removeTempDir(this.dataDir)
  }
}

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { EmbeddedServer } from '@waypost/server'
import { makeTempDir, removeTempDir, startStore } from '../../src/index.ts'
import type { CrashableServer } from '../crash/crashable-server.ts'
import { track } from './file-calls.ts'
import { surviving } from './surviving.ts'
import { TrackedDisk } from './tracked-disk.ts'

/** The embedded server in this process on a disk that loses what was not synced. */
export class PowerCutServer implements CrashableServer {
  readonly #folder: string
  readonly #random: () => number
  readonly #isHonest: boolean
  #lives = 0
  #dataDir: string
  #disk: TrackedDisk | undefined
  #tracking: Disposable | undefined
  #starting: Promise<EmbeddedServer> | undefined
  #url = ''

  /** @param options.isHonest whether the disk does what it is asked to before it says so. Default true. */
  constructor(random: () => number, options: { readonly isHonest?: boolean } = {}) {
    this.#random = random
    this.#isHonest = options.isHonest ?? true
    this.#folder = makeTempDir('power-cut')
    this.#dataDir = join(this.#folder, 'life-0')
    mkdirSync(this.#dataDir)
  }

  get dataDir(): string {
    return this.#dataDir
  }

  get url(): string {
    return this.#url
  }

  async launch(): Promise<void> {
    const vault = join(this.#folder, `vault-${this.#lives}`)
    this.#disk = new TrackedDisk(this.#dataDir, vault, { isHonest: this.#isHonest })
    this.#tracking = track(this.#disk)
    this.#starting = startStore({ dataDir: this.#dataDir })
    this.#starting.catch(() => {})
  }

  async serving(): Promise<void> {
    this.#url = (await this.#starting)?.url ?? ''
  }

  /** From one moment to the next: whatever was answered before was durable, and nothing is answered any more. */
  async crash(): Promise<void> {
    const disk = this.#disk
    if (disk === undefined) return
    this.#lives += 1
    const next = join(this.#folder, `life-${this.#lives}`)
    disk.hasPower = false
    surviving(disk, next, this.#random)
    await this.#stop()
    this.#dataDir = next
  }

  async close(): Promise<void> {
    if (this.#disk) this.#disk.hasPower = false
    await this.#stop()
    await removeTempDir(this.#folder)
  }

  async #stop(): Promise<void> {
    this.#disk = undefined
    const server = await this.#starting?.catch(() => undefined)
    await server?.close({ graceMs: 0 })
    this.#tracking?.[Symbol.dispose]()
    this.#tracking = undefined
  }
}

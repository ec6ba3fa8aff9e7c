import { makeTempDir, removeTempDir, startEtcd, startStore } from '../../src/index.ts'
import { Duel } from './duel.ts'
import type { Place } from './place.ts'
import { Side } from './side.ts'
import type { Step } from './step.ts'

/** A pair of stores at the same place, for one sequence after another. */
interface Pair {
  readonly etcdUrl: string
  readonly url: string
  place: Place
  restart(): Promise<void>
  close(): Promise<void>
}

/** Where sequences run: on a fresh etcd and a fresh embedded server, which later sequences share until they differ. */
export class Arena {
  readonly #durable: boolean
  #pair: Pair | undefined
  /** Steps that came to the same. */
  steps = 0

  constructor(options: { readonly durable: boolean }) {
    this.#durable = options.durable
  }

  async run(steps: readonly Step[]): Promise<void> {
    const pair = this.#pair ?? (await openPair(this.#durable))
    this.#pair = pair
    try {
      await this.#duel(pair, steps)
      this.steps += steps.length
    } catch (error) {
      await this.close()
      throw error
    }
  }

  async close(): Promise<void> {
    const pair = this.#pair
    this.#pair = undefined
    await pair?.close()
  }

  async #duel(pair: Pair, steps: readonly Step[]): Promise<void> {
    const from = pair.place.current + 1n
    const model = await Side.open('etcd', pair.etcdUrl, from)
    const ours = await Side.open('the embedded server', pair.url, from)
    try {
      const restart = this.#durable ? (): Promise<void> => pair.restart() : undefined
      await new Duel(model, ours, pair.place, restart).run(steps)
      const [{ revision: current, hashes }, cleared] = await Promise.all([model.clear(), ours.clear()])
      if (current !== cleared.revision)
        throw new Error(`Cleared, etcd is at ${current} and the embedded server at ${cleared.revision}.`)
      // While a compaction is carried out, etcd's hash depends on how much of it is in its write buffer.
      const compacted = steps.some((step) => step.kind === 'compact')
      if (!compacted && hashes.join() !== cleared.hashes.join())
        throw new Error(`The hashes are ${hashes.join()} in etcd and ${cleared.hashes.join()} in the embedded server.`)
      pair.place = { current, compacted: current }
    } finally {
      await Promise.all([model.close(), ours.close()])
    }
  }
}

async function openPair(durable: boolean): Promise<Pair> {
  const etcd = await startEtcd()
  const dataDir = durable ? makeTempDir('differential') : undefined
  let server = await startStore({ dataDir })
  return {
    etcdUrl: etcd.url,
    url: server.url,
    place: { current: 1n, compacted: 0n },
    restart: async () => {
      await server.close()
      server = await startStore({ dataDir, port: server.port })
    },
    close: async () => {
      await Promise.all([server.close(), etcd.close()])
      if (dataDir !== undefined) await removeTempDir(dataDir)
    },
  }
}

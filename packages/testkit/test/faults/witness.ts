import { RpcError, StatusCode } from '@waypost/rpc'
import { currentRevision } from '../../src/contract/current-revision.ts'
import type { Wire } from '../../src/wire/wire.ts'
import { readChanges } from '../crash/observer.ts'
import type { Change } from '../crash/operation.ts'
import type { FaultStore } from './fault-store.ts'
import { markerKey } from './keys.ts'
import type { Ledger } from './ledger.ts'

const betweenLeadersMs = 20_000

/** Reads the store's own history, through connections that the clients have nothing to do with. */
export class Witness {
  readonly #store: FaultStore
  #changes: Change[] = []
  #recorded = 0n
  #markers = 0

  constructor(store: FaultStore) {
    this.#store = store
  }

  /** Begins with what comes next. Resolves to its revision. */
  async begin(): Promise<bigint> {
    this.#recorded = await this.#calmly(currentRevision)
    return this.#recorded + 1n
  }

  /** Records the history up to now. Resolves to its last revision. */
  record(): Promise<bigint> {
    return this.#calmly(async (wire) => {
      const changes = await readChanges(wire, this.#recorded + 1n, await currentRevision(wire))
      // Not by spreading: a round has more changes than a call takes arguments.
      for (const change of changes) this.#changes.push(change)
      this.#recorded = changes.at(-1)?.revision ?? this.#recorded
      return this.#recorded
    })
  }

  /** What was recorded since it was taken last. */
  take(): readonly Change[] {
    const changes = this.#changes
    this.#changes = []
    return changes
  }

  /** Makes a last change, for everybody to see. */
  mark(ledger: Ledger): Promise<void> {
    return this.#calmly(async (wire) => {
      this.#markers += 1
      const token = `marker.${this.#markers}`
      const entry = ledger.begin(token, [{ key: markerKey, value: token }])
      entry.outcome = 'unknown'
      const { header } = await wire.put(markerKey, token)
      ledger.acknowledge(entry, header?.revision ?? 0n)
    })
  }

  /** Once more when the store is between two leaders. */
  async #calmly<T>(work: (wire: Wire) => Promise<T>): Promise<T> {
    const deadlineMs = performance.now() + betweenLeadersMs
    for (;;) {
      await using wire = await this.#store.connect()
      try {
        return await work(wire)
      } catch (error) {
        if (!RpcError.is(error) || error.code !== StatusCode.UNAVAILABLE || performance.now() > deadlineMs) throw error
      }
    }
  }
}

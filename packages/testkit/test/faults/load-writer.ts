import { setTimeout as sleep } from 'node:timers/promises'
import { createRevision, del, type EtcdClient, modRevision, put } from '@waypost/client'
import { WaypostError } from '@waypost/core'
import type { Effect } from '../crash/operation.ts'
import { counterPrefix, counterValue, countOf, prefix } from './keys.ts'
import type { Ledger } from './ledger.ts'
import { Pulse } from './pulse.ts'

/** The most that lies between two writes. */
const pauseMs = 40
/** A write that takes longer than this is waited for beside the next ones. */
const patienceMs = 150
const counters = 3

/** Writes to keys of its own, and raises counters that others raise too. */
export class LoadWriter {
  readonly name: string
  readonly pulse = new Pulse()
  readonly #client: EtcdClient
  readonly #ledger: Ledger
  readonly #random: () => number
  #serial = 0
  #writing = false

  constructor(name: string, client: EtcdClient, ledger: Ledger, random: () => number) {
    this.name = name
    this.#client = client
    this.#ledger = ledger
    this.#random = random
  }

  /** Writes until `stop`. */
  async run(): Promise<void> {
    this.#writing = true
    const running = new Set<Promise<void>>()
    while (this.#writing) {
      const write = this.#write()
      running.add(write)
      write.finally(() => running.delete(write))
      await Promise.race([write, sleep(patienceMs)])
      await sleep(this.#random() * pauseMs)
    }
    await Promise.all(running)
  }

  stop(): void {
    this.#writing = false
  }

  #write(): Promise<void> {
    const own = `${prefix}${this.name}/${Math.floor(this.#random() * 4)}`
    const other = `${prefix}${this.name}/other`
    switch (Math.floor(this.#random() * 4)) {
      case 0:
        return this.#raise(`${counterPrefix}${Math.floor(this.#random() * counters)}`)
      case 1:
        return this.#send(
          (token) => [
            { key: own, value: token },
            { key: other, value: token },
          ],
          async (token) => (await this.#client.txn().do(put(own, token), put(other, token)).commit()).revision,
        )
      case 2:
        return this.#send(
          (token) => [
            { key: own, value: token },
            { key: other, value: undefined },
          ],
          async (token) => (await this.#client.txn().do(put(own, token), del(other)).commit()).revision,
        )
      default:
        return this.#send(
          (token) => [{ key: own, value: token }],
          async (token) => (await this.#client.kv.put(own, token)).revision,
        )
    }
  }

  /** Read, then write if nobody else has written meanwhile. */
  async #raise(key: string): Promise<void> {
    let value: string | undefined
    let seenAt = 0n
    try {
      const kv = await this.#client.kv.get(key)
      value = kv?.text()
      seenAt = kv?.modRevision ?? 0n
    } catch (error) {
      if (!WaypostError.is(error) || !error.retryable)
        this.#ledger.complaints.push(`${this.name} could not read: ${error}`)
      return
    }
    const count = countOf(value) + 1
    const unchanged = seenAt === 0n ? createRevision(key).equals(0) : modRevision(key).equals(seenAt)
    await this.#send(
      (token) => [{ key, value: counterValue(count, token) }],
      async (token) => {
        const result = await this.#client
          .txn()
          .if(unchanged)
          .do(put(key, counterValue(count, token)))
          .commit()
        return result.succeeded ? result.revision : undefined
      },
    )
  }

  /** @param send resolves to the revision, or to nothing when the condition did not hold */
  async #send(
    effects: (token: string) => readonly Effect[],
    send: (token: string) => Promise<bigint | undefined>,
  ): Promise<void> {
    this.#serial += 1
    const token = `${this.name}.${this.#serial}`
    const entry = this.#ledger.begin(token, effects(token))
    try {
      const revision = await send(token)
      if (revision === undefined) this.#ledger.refuse(entry)
      else this.#ledger.acknowledge(entry, revision)
      this.pulse.beat()
    } catch (error) {
      this.#ledger.fail(entry, error)
    }
  }
}

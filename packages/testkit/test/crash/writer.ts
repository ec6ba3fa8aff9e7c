import { RpcError, StatusCode } from '@waypost/rpc'
import { revisionOf } from '../../src/contract/current-revision.ts'
import { op, when } from '../../src/wire/requests.ts'
import type { Wire } from '../../src/wire/wire.ts'
import type { Effect, Operation } from './operation.ts'

interface Answered {
  readonly operation: Operation
  readonly revision: bigint
}

/**
 * Writes to keys of its own, one request at a time: so at any moment it knows what they hold, but for the one
 * request that is on its way.
 */
export class Writer {
  readonly prefix: string
  /** What its keys hold, as far as it has been settled. */
  readonly keys = new Map<string, string>()
  /** Leases that exist, with the one key that may hang on each. */
  readonly leases = new Set<bigint>()
  /** What was acknowledged since the last `settle`, in order. */
  acknowledged: Answered[] = []
  /** What the server refused, which it should not have. */
  refusal: Error | undefined
  /** Sent, and never answered. */
  pending: Operation | undefined
  readonly #random: () => number
  readonly #index: number
  #serial = 0

  constructor(index: number, random: () => number) {
    this.#index = index
    this.prefix = `writer-${index}/`
    this.#random = random
  }

  /** Writes until a call fails, which a crash makes it. */
  async run(wire: Wire): Promise<void> {
    for (;;) {
      const { operation, send } = this.#next(wire)
      this.pending = operation
      try {
        const revision = await send()
        this.acknowledged.push({ operation, revision })
      } catch (error) {
        if (RpcError.is(error) && error.delivery === 'answered' && error.code !== StatusCode.UNAVAILABLE)
          this.refusal = error
        return
      }
      this.pending = undefined
      this.apply(operation)
    }
  }

  /** Takes over what an operation did. */
  apply({ effects, lease }: Operation): void {
    for (const { key, value } of effects) {
      if (value === undefined) this.keys.delete(key)
      else this.keys.set(key, value)
    }
    if (!lease) return
    if ('granted' in lease) this.leases.add(lease.granted)
    else this.leases.delete(lease.revoked)
  }

  #next(wire: Wire): { operation: Operation; send: () => Promise<bigint> } {
    this.#serial += 1
    // A large value now and then fills the segments of the log.
    const size = this.#random() * (this.#random() < 0.02 ? 400_000 : 600)
    const value = `${this.#index}.${this.#serial}.${'x'.repeat(size)}`
    const a = `${this.prefix}a`
    const b = `${this.prefix}b`
    const leased = `${this.prefix}leased`
    const set = (key: string): Effect => ({ key, value })
    const gone = (...keys: string[]): Effect[] =>
      keys.filter((key) => this.keys.has(key)).map((key) => ({ key, value: undefined }))
    const [lease] = this.leases
    switch (Math.floor(this.#random() * 8)) {
      case 0:
        return plan('put two in a transaction', [set(a), set(b)], async () =>
          revisionOf(await wire.txn({ success: [op.put(a, value), op.put(b, value)] })),
        )
      case 1:
        return plan('put one and delete another in a transaction', [set(a), ...gone(b)], async () =>
          revisionOf(
            await wire.txn({ compare: [when.version(a, '>', -1n)], success: [op.put(a, value), op.delete(b)] }),
          ),
        )
      case 2:
        return plan('delete a range', gone(a, b), async () =>
          revisionOf(await wire.delete(a, { end: `${this.prefix}c` })),
        )
      case 3: {
        if (lease !== undefined) break
        const granted = BigInt(this.#index * 1_000_000 + this.#serial)
        return plan('grant', [], async () => revisionOf(await wire.grant(100_000n, granted)), { granted })
      }
      case 4:
        if (lease === undefined) break
        return plan('put on the lease', [set(leased)], async () => revisionOf(await wire.put(leased, value, { lease })))
      case 5:
        if (lease === undefined) break
        return plan('revoke', gone(leased), async () => revisionOf(await wire.revoke(lease)), { revoked: lease })
    }
    return plan('put', [set(a)], async () => revisionOf(await wire.put(a, value)))
  }
}

function plan(
  what: string,
  effects: readonly Effect[],
  send: () => Promise<bigint>,
  lease?: Operation['lease'],
): { operation: Operation; send: () => Promise<bigint> } {
  return { operation: { what, effects, lease }, send }
}

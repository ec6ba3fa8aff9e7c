import { auditHash, nextAuditEntry, parseAuditChain } from '@waypost/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAudit } from '../../records/audit.ts'
import { type ChainedEntry, faultsOf } from './chain-faults.ts'
import { mergeSpans } from './merge-spans.ts'

/** An audit as it stands in the store. */
interface Stored {
  readonly entries: Map<string, string>
  chain: string | undefined
}

async function written(count: number): Promise<Stored> {
  const stored: Stored = { entries: new Map(), chain: undefined }
  for (let n = 1; n <= count; n++) {
    const key = `/waypost/audit/2026-01-01T00:00:${String(n).padStart(2, '0')}`
    const record = { at: '2026-01-01T00:00:00Z', author: `user ${n}`, action: 'publish' }
    const next = await nextAuditEntry(stored.chain === undefined ? undefined : Buffer.from(stored.chain), key, record)
    stored.entries.set(key, next.value)
    stored.chain = next.chain
  }
  return stored
}

async function read({ entries }: Stored): Promise<(ChainedEntry & { readonly value: string })[]> {
  const read = await Promise.all(
    [...entries].map(async ([key, value]) => {
      const { record } = parseAudit(Buffer.from(value))
      if (record?.sequence === undefined || record.previous === undefined) return []
      return [{ key, value, sequence: record.sequence, previous: record.previous, hash: await auditHash(key, value) }]
    }),
  )
  return read.flat()
}

async function faults(stored: Stored, known?: { sequence: number; hash: string }) {
  return faultsOf(
    parseAuditChain(stored.chain === undefined ? undefined : Buffer.from(stored.chain)),
    await read(stored),
    known,
  )
}

/** Prunes some entries as `pruneAudit` does. */
async function prune(stored: Stored, sequences: ReadonlySet<number>): Promise<void> {
  const gone = (await read(stored)).filter(({ sequence }) => sequences.has(sequence))
  const chain = parseAuditChain(Buffer.from(stored.chain ?? ''))
  const spans = gone.map(({ sequence, previous, hash }) => ({ from: sequence, to: sequence, previous, hash }))
  stored.chain = JSON.stringify({ ...chain, pruned: mergeSpans([...(chain?.pruned ?? []), ...spans]) })
  for (const { key } of gone) stored.entries.delete(key)
}

const size = fc.integer({ min: 2, max: 12 })

describe('a chain', () => {
  it('has no faults, whatever of it was pruned in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(
        size,
        fc.array(fc.array(fc.integer({ min: 1, max: 12 })), { maxLength: 3 }),
        async (count, rounds) => {
          const stored = await written(count)
          for (const round of rounds) await prune(stored, new Set(round))
          expect(await faults(stored)).toEqual([])
        },
      ),
      { numRuns: 60 },
    )
  })

  const harms: Record<string, (stored: Stored, at: number) => void> = {
    'an entry deleted': ({ entries }, at) => void entries.delete([...entries.keys()][at] ?? ''),
    'the newest deleted': ({ entries }) => void entries.delete([...entries.keys()].at(-1) ?? ''),
    'a name changed': ({ entries }, at) => {
      const [key = '', value = ''] = [...entries][at] ?? []
      entries.set(key, value.replace('user', 'root'))
    },
    'an entry under another time': ({ entries }, at) => {
      const [key = '', value = ''] = [...entries][at] ?? []
      entries.delete(key)
      entries.set(`${key}-later`, value)
    },
    'two entries swapped': ({ entries }, at) => {
      const [one, other] = [[...entries][at], [...entries][at === 0 ? 1 : 0]]
      entries.set(one?.[0] ?? '', other?.[1] ?? '')
      entries.set(other?.[0] ?? '', one?.[1] ?? '')
    },
    'an entry put in': ({ entries }, at) => {
      const [key = '', value = ''] = [...entries][at] ?? []
      entries.set(`${key}-copy`, value)
    },
    'the end put back': (stored, at) => {
      const chain = parseAuditChain(Buffer.from(stored.chain ?? ''))
      stored.chain = JSON.stringify({ ...chain, sequence: at + 1 === chain?.sequence ? at : at + 1 })
    },
    'the end deleted': (stored) => {
      stored.chain = undefined
    },
  }

  it.each(Object.entries(harms))('shows %s', async (_, harm) => {
    await fc.assert(
      fc.asyncProperty(size, fc.nat(), async (count, place) => {
        const stored = await written(count)
        harm(stored, place % count)
        expect(await faults(stored)).not.toEqual([])
      }),
      { numRuns: 30 },
    )
  })

  it('written anew from some entry on shows against an end that was noted', async () => {
    const stored = await written(5)
    const { sequence, hash } = parseAuditChain(Buffer.from(stored.chain ?? '')) ?? { sequence: 0, hash: '' }
    expect(await faults(stored, { sequence, hash })).toEqual([])
    const forged = await written(0)
    for (let n = 1; n <= 5; n++) {
      const key = `/waypost/audit/2026-01-01T00:00:0${n}`
      const record = { at: '2026-01-01T00:00:00Z', author: n === 3 ? 'somebody else' : `user ${n}`, action: 'publish' }
      const next = await nextAuditEntry(forged.chain === undefined ? undefined : Buffer.from(forged.chain), key, record)
      forged.entries.set(key, next.value)
      forged.chain = next.chain
    }
    expect(await faults(forged)).toEqual([])
    expect(await faults(forged, { sequence, hash })).toMatchObject([{ kind: 'known', from: 5 }])
  })

  it('names what is missing, and goes on behind the gap', async () => {
    const stored = await written(9)
    const keys = [...stored.entries.keys()]
    for (const at of [2, 3, 8]) stored.entries.delete(keys[at] ?? '')
    stored.entries.set(keys[6] ?? '', (stored.entries.get(keys[6] ?? '') ?? '').replace('user', 'root'))
    expect(await faults(stored)).toMatchObject([
      { kind: 'missing', from: 9, to: 9, message: 'Entry 9 is missing: the newest.' },
      { kind: 'changed', from: 7, key: keys[6] },
      { kind: 'missing', from: 3, to: 4, message: 'Entries 3 to 4 are missing.' },
    ])
  })
})

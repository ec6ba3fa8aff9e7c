import { type AuditChain, auditChainKey } from '@waypost/core'

/** What an entry says of its place, and its hash. */
export interface ChainedEntry {
  readonly key: string
  readonly sequence: number
  readonly previous: string
  readonly hash: string
}

/**
 * `missing`: entries are not there. `changed`: an entry is not what the one after it says. `extra`: an entry that the
 * chain does not have. `unchained`: one that was written beside the chain. `damaged`: one that cannot be read. `end`:
 * the end of the chain is missing, cannot be read, or was put back. `known`: a noted end is not in the chain any more.
 */
export interface AuditFault {
  readonly kind: 'missing' | 'changed' | 'extra' | 'unchained' | 'damaged' | 'end' | 'known'
  readonly key?: string | undefined
  /** Of the first and the last entry that it is about. */
  readonly from?: number | undefined
  readonly to?: number | undefined
  /** For people. */
  readonly message: string
}

/** An entry, or entries that were pruned. */
interface Node {
  readonly from: number
  readonly to: number
  readonly previous: string
  readonly hash: string
  readonly key: string | undefined
}

/** Walks the chain from its end to its beginning. */
export function faultsOf(
  chain: AuditChain | undefined,
  entries: readonly ChainedEntry[],
  known?: { readonly sequence: number; readonly hash: string },
): readonly AuditFault[] {
  const nodes: Node[] = [
    ...entries.map(({ sequence, ...rest }) => ({ from: sequence, to: sequence, ...rest })),
    ...(chain?.pruned ?? []).map((span) => ({ ...span, key: undefined })),
  ].toSorted((a, b) => b.to - a.to)
  const faults: AuditFault[] = []
  const good = new Map<number, string>()
  const newest = nodes[0]?.to ?? 0
  if (chain === undefined && nodes.length > 0) {
    faults.push({
      kind: 'end',
      key: auditChainKey,
      message: `${auditChainKey} is missing, so it is not known whether the newest entries exist.`,
    })
  }
  let next = chain?.sequence ?? newest
  let expected = chain?.hash
  for (let index = 0; index < nodes.length; ) {
    const to = nodes[index]?.to ?? 0
    const beyond = nodes.findIndex((node, at) => at > index && node.to !== to)
    const candidates = nodes.slice(index, beyond < 0 ? nodes.length : beyond)
    index += candidates.length
    if (to > next) {
      faults.push(...candidates.map((node) => extra(node, chain)))
      continue
    }
    if (to < next) {
      faults.push(missing(to + 1, next, next === chain?.sequence))
      expected = undefined
    }
    const match = candidates.find(({ hash }) => expected === undefined || hash === expected)
    const node = match ?? candidates[0]
    if (node === undefined) continue
    if (match === undefined) faults.push(changed(node))
    faults.push(...candidates.filter((other) => other !== node).map((other) => extra(other, chain)))
    good.set(node.to, node.hash)
    next = node.from - 1
    expected = node.previous
  }
  if (next > 0) faults.push(missing(1, next, next === chain?.sequence))
  else if (expected !== undefined && expected !== '') {
    faults.push({
      kind: 'changed',
      from: 1,
      to: 1,
      message: 'The first entry refers to an earlier one: the chain began earlier.',
    })
  }
  if (known !== undefined) faults.push(...knownFaults(known, good, chain))
  return faults
}

function knownFaults(
  { sequence, hash }: { readonly sequence: number; readonly hash: string },
  good: ReadonlyMap<number, string>,
  chain: AuditChain | undefined,
): readonly AuditFault[] {
  if (good.get(sequence) === hash) return []
  const place = { kind: 'known', from: sequence, to: sequence } as const
  const isPruned = chain?.pruned?.some(({ from, to }) => from <= sequence && sequence < to) ?? false
  const what = isPruned
    ? 'was pruned together with later ones: the recorded end can no longer be compared'
    : 'differs from the recorded end'
  return [{ ...place, message: `Entry ${sequence} ${what}.` }]
}

function missing(from: number, to: number, isTail: boolean): AuditFault {
  const what = from === to ? `Entry ${from} is` : `Entries ${from} to ${to} are`
  return { kind: 'missing', from, to, message: `${what} missing${isTail ? ': the newest' : ''}.` }
}

function changed({ from, to, key }: Node): AuditFault {
  const message =
    key === undefined
      ? `What is written of the pruned entries ${from} to ${to} is not what the next entry says.`
      : `Entry ${to}, ${key}, was changed: it is not what the next one says.`
  return { kind: 'changed', key, from, to, message }
}

function extra({ from, to, key }: Node, chain: AuditChain | undefined): AuditFault {
  const isBeyond = chain !== undefined && to > chain.sequence
  const why = isBeyond ? `the chain ends at ${chain.sequence}, or its end was put back` : 'another one is in its place'
  return {
    kind: isBeyond ? 'end' : 'extra',
    key,
    from,
    to,
    message: `Entry ${to}${key ? `, ${key},` : ''} is not of the chain: ${why}.`,
  }
}

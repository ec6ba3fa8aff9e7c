import { recordType } from './message/codes.ts'
import type { WireName } from './message/name.ts'
import { pointer } from './message/records.ts'
import type { Answer } from './zone/answer.ts'
import type { Located } from './zone/zone.ts'

/** As other servers do: a chain that is longer is a loop. */
const maxAliases = 8
/** The owner and the fixed part of a record (RFC 1035 4.1.3), behind which its data stands. */
const ownerBytes = 2
const fixedBytes = 10

/** Where a chain of aliases leads. */
export interface AliasChain {
  /** The CNAMEs in their order, and what is found at their end. */
  readonly records: readonly Buffer[]
  /** The answer at the end of the chain. */
  readonly end: Answer | undefined
  /** A name of somebody else's, at which the chain goes on. */
  readonly next: WireName | undefined
}

/**
 * Follows an alias through the names of this server (RFC 1034 4.3.2), as the resolvers of operating systems ask once and
 * expect the addresses in the answer.
 *
 * @param first the answer that is an alias
 * @param at where its record will stand in the packet
 * @param find the answer of another name
 */
export function followAlias(first: Answer, at: number, find: (name: WireName) => Located | undefined): AliasChain {
  const records: Buffer[] = []
  let answer = first
  let place = at
  let owner: Buffer | undefined
  for (let count = 0; count < maxAliases && answer.targets !== undefined; count += 1) {
    const chosen = answer.order?.draw(1)[0] ?? 0
    const [record, target] = [answer.records[chosen], answer.targets[chosen]]
    if (record === undefined || target === undefined) break
    records.push(owner === undefined ? record : ownedBy(owner, record))
    owner = pointer(place + ownerBytes + fixedBytes)
    place += record.length
    const located = find(target)
    if (located === undefined) return { records, end: undefined, next: target }
    answer = located.answer
  }
  if (answer.targets !== undefined || owner === undefined) return { records, end: undefined, next: undefined }
  for (const index of orderOf(answer)) {
    const record = answer.records[index]
    if (record !== undefined) records.push(ownedBy(owner, record))
  }
  return { records, end: answer, next: undefined }
}

export function isAlias(answer: Answer, asked: number): boolean {
  return answer.targets !== undefined && (asked === recordType.a || asked === recordType.aaaa)
}

function orderOf({ order, records }: Answer): Iterable<number> {
  return order?.draw(records.length) ?? records.keys()
}

/** The same record of another owner: all records of answers begin with a pointer. */
function ownedBy(owner: Buffer, record: Buffer): Buffer {
  return Buffer.concat([owner, record.subarray(ownerBytes)])
}

import { asBuffer, type DeleteRangeRequest, type RequestOp, type TxnRequest } from '@waypost/protocol'
import { IntervalTree } from '../watch/interval-tree.ts'
import { etcdError } from './error-map.ts'

/** Refuses a transaction in which, on any path, a key is put twice, or put and deleted. */
export function checkOverlaps(request: TxnRequest): void {
  if (request.success.length > 0) touchedBy(request.success)
  if (request.failure.length > 0) touchedBy(request.failure)
}

/** What a list of operations puts and deletes, nested transactions included. */
interface Touched {
  puts: Set<string>
  deletes: DeletedRanges
}

function touchedBy(ops: readonly RequestOp[]): Touched {
  const touched = { puts: new Set<string>(), deletes: new DeletedRanges() }
  for (const { requestDeleteRange } of ops) if (requestDeleteRange) touched.deletes.add(rangeOf(requestDeleteRange))
  for (const { requestTxn } of ops) if (requestTxn) addNested(touched, requestTxn)
  for (const { requestPut } of ops) if (requestPut) addPut(touched, asBuffer(requestPut.key).toString('latin1'))
  return touched
}

/** Of the two branches only one runs, so they may put the same key. */
function addNested(touched: Touched, txn: TxnRequest): void {
  const success = touchedBy(txn.success)
  const failure = touchedBy(txn.failure)
  for (const key of success.puts) addPut(touched, key)
  for (const key of failure.puts) {
    if (!success.puts.has(key)) addPut(touched, key)
  }
  touched.deletes = DeletedRanges.union(touched.deletes, success.deletes)
  touched.deletes = DeletedRanges.union(touched.deletes, failure.deletes)
}

function addPut({ puts, deletes }: Touched, key: string): void {
  if (puts.has(key) || deletes.hold(key)) throw etcdError('duplicateKey')
  puts.add(key)
}

interface DeletedRange {
  readonly start: string
  readonly end: string
}

function rangeOf({ key, rangeEnd }: DeleteRangeRequest): DeletedRange {
  const start = asBuffer(key).toString('latin1')
  return { start, end: rangeEnd.length === 0 ? `${start}\0` : asBuffer(rangeEnd).toString('latin1') }
}

class DeletedRanges {
  readonly #ranges: DeletedRange[] = []
  readonly #tree = new IntervalTree<true>()

  /** Either of the two, with the ranges of the other added. */
  static union(a: DeletedRanges, b: DeletedRanges): DeletedRanges {
    const [small, large] = a.#ranges.length < b.#ranges.length ? [a, b] : [b, a]
    for (const range of small.#ranges) large.add(range)
    return large
  }

  add(range: DeletedRange): void {
    if (this.#tree.get(range.start, range.end)) return
    this.#tree.add(range.start, range.end, true)
    this.#ranges.push(range)
  }

  hold(key: string): boolean {
    let held = false
    if (this.#ranges.length > 0) {
      this.#tree.forEachAt(key, () => {
        held = true
      })
    }
    return held
  }
}

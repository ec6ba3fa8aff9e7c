/** The highest priority; the lowest is its negative. */
export const maxPriority = 1_000

/** What is known of a job from its place in the line. */
export interface JobOrder {
  readonly priority: number
  readonly addedAtMs: number
  readonly id: string
}

/**
 * Text that sorts as jobs are taken: higher priorities first, then in the order of adding. `sequence` tells apart what
 * one process added within a millisecond, and says which worker is to claim it first.
 */
export function jobOrder({ priority, addedAtMs, id }: JobOrder, sequence: number): string {
  const rank = String(maxPriority - priority).padStart(4, '0')
  return `${rank}.${String(addedAtMs).padStart(15, '0')}${String(sequence).padStart(6, '0')}.${id}`
}

/** Where the id begins: after the rank, the time and the sequence, each with its point. */
const idFrom = 27

/** The id alone, for those who read many. Undefined for text that no process of ours has written. */
export function jobIdOf(order: string): string | undefined {
  const isOrder = order.length > idFrom && order[4] === '.' && order[idFrom - 1] === '.'
  return isOrder ? order.slice(idFrom) : undefined
}

/** Undefined for text that no process of ours has written. */
export function readJobOrder(order: string): JobOrder | undefined {
  const match = /^(\d{4})\.(\d{15})\d{6}\.(.+)$/s.exec(order)
  if (match === null) return undefined
  const [, rank = '', addedAt = '', id = ''] = match
  return { priority: maxPriority - Number(rank), addedAtMs: Number(addedAt), id }
}

/** The order within a key below `delayed/`, and when it is due. */
export function readDelayed(rest: string): { readonly dueMs: number; readonly order: string } | undefined {
  const match = /^(\d{15})\.(.+)$/s.exec(rest)
  if (match === null) return undefined
  const [, due = '', order = ''] = match
  return { dueMs: Number(due), order }
}

/** Where the sequence begins and ends. */
const [sequenceFrom, sequenceTo] = [20, 26]

/**
 * Whose turn a job is, of workers that are counted from 0: to be taken modulo their number. Of what was added in one
 * go, `chunk` jobs at a time are for one worker, so that it can claim them in one request, the next ones for the next.
 */
export function turnOf(order: string, chunk: number): number {
  return Math.floor(Number(order.slice(sequenceFrom, sequenceTo)) / chunk)
}

const sequences = 1_000_000
/** What is added no later than this after the last one is of one go with it. */
const sameGoMs = 1

/** Times of adding that never fall within this process, also when the clock is set back. */
export class AddTimes {
  readonly #random: () => number
  #lastMs = 0
  #sequence = 0

  constructor(random = Math.random) {
    this.#random = random
  }

  /** Sequences go on within one go, and begin anywhere: processes that add now and then do not all point to one worker. */
  next(nowMs: number): { readonly addedAtMs: number; readonly sequence: number } {
    let addedAtMs = Math.max(Math.floor(nowMs), this.#lastMs)
    const isSameGo = addedAtMs - this.#lastMs <= sameGoMs
    this.#sequence = isSameGo ? (this.#sequence + 1) % sequences : Math.floor(this.#random() * sequences)
    if (isSameGo && this.#sequence === 0) addedAtMs = this.#lastMs + 1
    this.#lastMs = addedAtMs
    return { addedAtMs, sequence: this.#sequence }
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import { patienceMs } from './patience.ts'

/** Resolves once `check` gives something; fails when patience is at its end. For effects in another process, which no clock moves. */
export async function until<T>(
  what: string,
  check: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    const isLast = performance.now() > deadline
    const result = await check()
    if (result !== undefined && result !== false) return result
    if (isLast) throw new Error(`${what} did not happen within ${patienceMs} ms.`)
    await sleep(10)
  }
}

/** Takes from an iteration until an item fits. */
export async function first<T, S extends T>(source: AsyncIterator<T>, fits: (item: T) => item is S): Promise<S>
export async function first<T>(source: AsyncIterator<T>, fits: (item: T) => boolean): Promise<T>
export async function first<T>(source: AsyncIterator<T>, fits: (item: T) => boolean): Promise<T> {
  for (;;) {
    const { value, done } = await source.next()
    if (done) throw new Error('The iteration ended before it came.')
    if (fits(value)) return value
  }
}

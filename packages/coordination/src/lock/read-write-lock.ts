import type { Hold } from '../place/hold.ts'
import { type Line, readLine, writeLine } from '../place/line.ts'
import type { Locked, LockOptions } from './lock-options.ts'
import type { Locks } from './locks.ts'

/**
 * A lock that many readers hold together, or one writer alone. Readers and writers are served in the order in which
 * they came: a reader waits for the writers before it, a writer for everybody before it.
 *
 * The keys are those of Go's `recipes.RWMutex`. Do not use the same name for a plain lock.
 */
export class ReadWriteLock {
  readonly name: string
  readonly #locks: Locks

  /** @internal */
  constructor(locks: Locks, name: string) {
    this.#locks = locks
    this.name = name
  }

  /** Waits until no writer is before this reader. */
  read(options?: LockOptions): Promise<Hold>
  read<T>(work: Locked<T>, options?: LockOptions): Promise<T>
  read<T>(first?: Locked<T> | LockOptions, options?: LockOptions): Promise<Hold | T> {
    return this.#take(readLine(this.name), first, options)
  }

  /** Waits until nobody is before this writer. */
  write(options?: LockOptions): Promise<Hold>
  write<T>(work: Locked<T>, options?: LockOptions): Promise<T>
  write<T>(first?: Locked<T> | LockOptions, options?: LockOptions): Promise<Hold | T> {
    return this.#take(writeLine(this.name), first, options)
  }

  /** Reads if no writer holds the lock or waits for it; otherwise `undefined`. */
  tryRead(options: LockOptions = {}): Promise<Hold | undefined> {
    return this.#locks.tryTake([readLine(this.name)], options)
  }

  /** Writes if nobody holds the lock; otherwise `undefined`. */
  tryWrite(options: LockOptions = {}): Promise<Hold | undefined> {
    return this.#locks.tryTake([writeLine(this.name)], options)
  }

  #take<T>(line: Line, first: Locked<T> | LockOptions = {}, options: LockOptions = {}): Promise<Hold | T> {
    const names = [this.name]
    if (typeof first === 'function') return this.#locks.takeFor(names, [line], first, options)
    return this.#locks.take(names, [line], first)
  }
}

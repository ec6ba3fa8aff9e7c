import type { KeyValue } from '@waypost/client'

/** A line of places: a lock, an election, one side of a read-write lock. The lowest create revision is its head. */
export interface Line {
  /** For messages: `The lock "billing"`. */
  readonly title: string
  /** A place's own key is this and the id of its lease in hexadecimal. Two places of one process differ in it. */
  readonly prefix: string
  /** Places under this prefix that came earlier go first. */
  readonly waitsFor: string
  /** Whether a key under `waitsFor` is a place that goes first. Names nest, so other locks may be under it too. */
  isRival(rest: string): boolean
}

/** etcd's own layout: `<name>/<lease id in hexadecimal>`. */
export function lockLine(name: string, title: string): Line {
  const prefix = `${name}/`
  return { title, prefix, waitsFor: prefix, isRival: (rest) => !rest.includes('/') }
}

/** The layout of Go's `recipes.RWMutex`: readers wait for writers, writers for everybody. */
export function readLine(name: string): Line {
  return {
    title: `The read lock ${JSON.stringify(name)}`,
    prefix: `${name}/read/`,
    waitsFor: `${name}/write/`,
    isRival: (rest) => !rest.includes('/'),
  }
}

export function writeLine(name: string): Line {
  return {
    title: `The write lock ${JSON.stringify(name)}`,
    prefix: `${name}/write/`,
    waitsFor: `${name}/`,
    isRival: (rest) => /^(?:read|write)\/[^/]+$/.test(rest),
  }
}

/** Whether a key that stands under `line.waitsFor` is a place of the line. */
export function isRival(line: Line, kv: KeyValue): boolean {
  return line.isRival(kv.key.slice(line.waitsFor.length))
}

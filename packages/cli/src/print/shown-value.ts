import { printable } from './printable.ts'

/** Text as one line that cannot confuse a terminal. */
export function oneLine(text: string): string {
  return printable(Buffer.from(text))
}

/** A value of a configuration as one line; `∅` for none. */
export function shownValue(value: unknown): string {
  return value === undefined ? '∅' : oneLine(typeof value === 'string' ? value : JSON.stringify(value))
}

import { UsageError } from '../../command-line/exit-codes.ts'
import { unquoteGo } from './go-quoted.ts'

/** Words, or parts in quotes: `"…"` with Go's escapes, `'…'` as it is. Source: etcdctl's `txn`. */
const word = /"(?:[^"\\]|\\.)*"|'[^']*'|[^'"\s]\S*[^'"\s]?/g

/** Splits a line as etcdctl does. Each character of a word is one byte, since keys and values need not be text. */
export function wordsOf(line: string): string[] {
  return Array.from(line.matchAll(word), ([text]) => {
    if (text.startsWith("'")) return Buffer.from(text.slice(1, -1)).toString('latin1')
    if (!text.startsWith('"')) return Buffer.from(text).toString('latin1')
    const bytes = unquoteGo(text)
    if (bytes === undefined) throw new UsageError(`There is an invalid escape in ${text}.`)
    return bytes.toString('latin1')
  })
}

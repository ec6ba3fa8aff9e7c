import type { EtcdClient } from '@waypost/client'
import { type CallOptions, type Deadline, invalidArgument } from '@waypost/core'
import { anything, boolean, callOptionKinds, type OptionKinds, text as textKind } from '@waypost/core/options'
import { configRange, pathOf } from '../../config-path.ts'
import { decodeText } from '../../documents/document-text.ts'
import { Glob } from './glob.ts'

/** A line that has what was searched for. */
export interface FoundLine {
  readonly path: string
  /** From 1. */
  readonly line: number
  /** Of the first match in the line; from 1, in UTF-16 units. */
  readonly column: number
  /** The line, cut to 500 characters. */
  readonly text: string
}

export interface FoundLines {
  /** By path and line. */
  readonly lines: readonly FoundLine[]
  /** There are more than `limit`. */
  readonly isCut: boolean
}

export interface SearchOptions {
  /** Only in documents that it matches: `order/**`. Default `**`. */
  readonly pattern?: string | undefined
  /** Small letters mean capital ones too, and the other way round. Default false. */
  readonly ignoreCase?: boolean | undefined
  /** The most lines. Default 1,000. */
  readonly limit?: number | undefined
}

export const searchOptionKinds: OptionKinds<SearchOptions & CallOptions> = {
  ...callOptionKinds,
  pattern: textKind,
  ignoreCase: boolean,
  limit: anything(),
}

const maxTextLength = 500

/** The lines of all text documents that contain a text. Binary documents are passed over. */
export async function searchDocuments(
  etcd: EtcdClient,
  text: string,
  { pattern = '**', ignoreCase = false, limit = 1_000 }: SearchOptions,
  deadline: Deadline,
): Promise<FoundLines> {
  if (text === '' || /[\r\n]/.test(text)) throw invalidArgument('The search text must be a single line.')
  const glob = new Glob(pattern)
  const folded = (line: string): string => (ignoreCase ? line.toLowerCase() : line)
  const wanted = folded(text)
  const lines: FoundLine[] = []
  for await (const { key, bytes } of etcd.kv.list({ prefix: configRange(glob.prefix) }, deadline.call())) {
    const path = pathOf(key)
    const content = glob.matches(path) ? decodeText(bytes) : undefined
    if (content === undefined || !folded(content).includes(wanted)) continue
    for (const [index, line] of content.split(/\r\n|\r|\n/).entries()) {
      const at = folded(line).indexOf(wanted)
      if (at === -1) continue
      if (lines.length === limit) return { lines, isCut: true }
      lines.push({ path, line: index + 1, column: at + 1, text: line.slice(0, maxTextLength) })
    }
    // One document at a time: others have their turn between two.
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
  return { lines, isCut: false }
}

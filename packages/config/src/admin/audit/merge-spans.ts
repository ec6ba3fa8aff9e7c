import type { AuditSpan } from '@waypost/core'

/** The spans by `from`, with those that touch made one: the later pruning is what is said of it. */
export function mergeSpans(spans: readonly AuditSpan[]): readonly AuditSpan[] {
  const merged: AuditSpan[] = []
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1)
    if (last === undefined || last.to + 1 !== span.from) {
      merged.push(span)
      continue
    }
    const { at, by } = (last.at ?? '') > (span.at ?? '') ? last : span
    merged[merged.length - 1] = { from: last.from, to: span.to, previous: last.previous, hash: span.hash, at, by }
  }
  return merged
}

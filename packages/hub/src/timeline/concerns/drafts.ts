import { hash } from 'node:crypto'
import type { EventKind, Facts } from '../event.ts'
import { type Concern, facts, isFields, readFields, sameFacts, textIn, unreadable } from './concern.ts'

const prefix = '/waypost/config/drafts/'

/** What people mean to publish. */
export const drafts: Concern = {
  follows: (key) => key.startsWith(prefix),
  subject: (key) => key,
  derive(key, { change, known, audit, isComparison }) {
    const path = key.slice(prefix.length)
    const value = change(key)?.value
    const was = known(key)
    const now = value && factsOf(readFields(value))
    if (sameFacts(was, now)) return []
    const isPublished = change(`/waypost/config/heads/${path}`)?.value !== undefined
    const whyGone = isComparison ? 'unknown' : isPublished ? 'published' : 'discarded'
    const reason = now === undefined ? whyGone : undefined
    const by = audit?.author ?? textIn(now, 'author')
    return [{ kind: kindOf(was, now), key, path, by, comment: audit?.comment, reason, was, now }]
  },
}

function factsOf(fields: Facts | undefined): Facts {
  if (fields === undefined) return unreadable
  const { state, author, comment, base, at, content } = fields
  const approvals = Array.isArray(fields.approvals) ? fields.approvals.filter(isFields) : []
  return facts({
    state,
    author,
    comment,
    base,
    at,
    // Of the content as it is kept: enough to see that it changed.
    content: typeof content === 'string' ? hash('sha256', content) : undefined,
    approvals: approvals.length === 0 ? undefined : approvals.map(({ by }) => by),
  })
}

function kindOf(was: Facts | undefined, now: Facts | undefined): EventKind {
  if (now === undefined) return 'draft.removed'
  if (count(now) > count(was)) return 'draft.approved'
  if (now.state === 'submitted' && was?.state === 'draft') return 'draft.submitted'
  if (now.state === 'draft' && was?.state !== undefined && was.state !== 'draft' && was.content === now.content) {
    return 'draft.rejected'
  }
  return 'draft.saved'
}

function count(known: Facts | undefined): number {
  return Array.isArray(known?.approvals) ? known.approvals.length : 0
}

import type { Facts } from '../event.ts'
import {
  type Concern,
  type DerivedEvent,
  facts,
  isFields,
  readFields,
  sameFacts,
  textIn,
  unreadable,
} from './concern.ts'

const prefix = '/waypost/config/canaries/'

/** Texts that stand in the place of a document for some instances. */
export const canaries: Concern = {
  follows: (key) => key.startsWith(prefix),
  subject: (key) => key,
  derive(key, moment) {
    const path = key.slice(prefix.length)
    const value = moment.change(key)?.value
    const was = moment.known(key)
    const now = value && factsOf(readFields(value))
    if (sameFacts(was, now)) return []
    const before = byName(was)
    const after = byName(now)
    const isPromotion = moment.change(`/waypost/config/heads/${path}`)?.value !== undefined
    const whyEnded = moment.isComparison ? 'unknown' : isPromotion ? 'promoted' : 'aborted'
    const { audit } = moment
    const events: DerivedEvent[] = []
    for (const [name, canary] of after) {
      const old = before.get(name)
      if (sameFacts(old, canary)) continue
      const kind = old === undefined ? 'canary.started' : 'canary.changed'
      const by = textIn(canary, 'author') ?? audit?.author
      events.push({ kind, key, path, name, by, comment: textIn(canary, 'comment') ?? audit?.comment, was, now })
    }
    for (const name of before.keys()) {
      if (after.has(name)) continue
      const { author: by, comment } = audit ?? {}
      events.push({ kind: 'canary.ended', key, path, name, by, comment, reason: whyEnded, was, now })
    }
    // Their order, or a record that cannot be read.
    return events.length > 0 ? events : [{ kind: 'canary.changed', key, path, was, now }]
  },
}

function factsOf(fields: Facts | undefined): Facts | undefined {
  if (fields === undefined || !Array.isArray(fields.canaries)) return unreadable
  const list: Facts[] = fields.canaries.filter(isFields).map(summary)
  return list.length === 0 ? undefined : { canaries: list }
}

function summary({ name, order, rule, checksum, base, author, comment, at }: Facts): Facts {
  return facts({ name, order, rule, checksum, base, author, comment, at })
}

function byName(known: Facts | undefined): Map<string, Facts> {
  const list = Array.isArray(known?.canaries) ? known.canaries.filter(isFields) : []
  return new Map(list.map((canary) => [String(canary.name), canary]))
}

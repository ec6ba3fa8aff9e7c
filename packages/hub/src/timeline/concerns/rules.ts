import { hash } from 'node:crypto'
import type { EventKind, Facts } from '../event.ts'
import { type Concern, facts, readFields, sameFacts, unreadable } from './concern.ts'

/** What releases must fit: who has to agree. The scope is a path, a folder with its slash, or empty for everything. */
export const policies: Concern = rule('/waypost/config/policies/', 'policy.set', 'policy.removed', (value) => {
  const fields = readFields(value)
  return fields === undefined ? unreadable : facts({ approvals: fields.approvals, approvers: fields.approvers })
})

/** What documents must fit. */
export const schemas: Concern = rule('/waypost/config/schemas/', 'schema.set', 'schema.removed', (value) => ({
  checksum: hash('sha256', value),
  size: value.length,
}))

function rule(prefix: string, set: EventKind, removed: EventKind, read: (value: Uint8Array) => Facts): Concern {
  return {
    follows: (key) => key.startsWith(prefix),
    subject: (key) => key,
    derive(key, { change, known, audit }) {
      const value = change(key)?.value
      const was = known(key)
      const now = value && read(value)
      if (sameFacts(was, now)) return []
      const scope = key.slice(prefix.length)
      const kind = now === undefined ? removed : set
      return [{ kind, key, path: scope, by: audit?.author, comment: audit?.comment, was, now }]
    },
  }
}

import { overridesPrefix } from '@waypost/registry'
import { type Concern, facts, readFields, sameFacts, textIn, unreadable } from './concern.ts'

/** What operators say of instances. */
export const overrides: Concern = {
  follows: (key) => key.startsWith(overridesPrefix),
  subject: (key) => key,
  derive(key, { change, known, audit }) {
    const value = change(key)?.value
    const was = known(key)
    const fields = value && readFields(value)
    const now = value && (fields === undefined ? unreadable : factsOf(fields))
    if (sameFacts(was, now)) return []
    const [service, instance] = key.slice(overridesPrefix.length).split('/')
    return [
      {
        kind: now === undefined ? 'override.cleared' : 'override.set',
        key,
        service,
        instance,
        by: textIn(now, 'by') ?? audit?.author,
        comment: textIn(now, 'reason') ?? audit?.comment,
        was,
        now,
      },
    ]
  },
}

function factsOf({ weight, status, reason, by, at }: Readonly<Record<string, unknown>>) {
  return facts({ weight, status, reason, by, at })
}

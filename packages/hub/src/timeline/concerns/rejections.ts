import { type Concern, facts, readFields, sameFacts, textIn } from './concern.ts'

const prefix = '/waypost/config/applied/'

/** Processes that refuse a configuration. What they apply is not recorded: it follows from the releases. */
export const rejections: Concern = {
  follows: (key) => key.startsWith(prefix),
  subject: (key) => key,
  derive(key, { change, known }) {
    const value = change(key)?.value
    const was = known(key)
    const fields = value && readFields(value)
    const now = fields?.state === 'rejected' ? factsOf(fields) : undefined
    if (sameFacts(was, now)) return []
    const end = key.lastIndexOf('/')
    return [
      {
        kind: now === undefined ? 'config.recovered' : 'config.rejected',
        key,
        path: key.slice(prefix.length, end),
        name: key.slice(end + 1),
        comment: textIn(now, 'reason'),
        reason: now === undefined && value === undefined ? 'gone' : undefined,
        was,
        now,
      },
    ]
  },
}

function factsOf({ release, canary, reason, app, profile, instance, version }: Readonly<Record<string, unknown>>) {
  return facts({ release, canary, reason, app, profile, instance, version })
}

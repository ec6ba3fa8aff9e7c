import { useState } from 'react'
import { useMessages } from '../../i18n/language.ts'
import { Checkbox } from '../../ui/field.tsx'
import type { AffectedGroup } from './affected.tsx'
import { configurationMessages } from './messages.ts'

/**
 * Whether something would break, and whether one has said that it may. What breaks meanwhile in addition must be
 * accepted again.
 */
export function useConsent(affected: readonly AffectedGroup[] = []) {
  const t = useMessages(configurationMessages)
  const breaking = affected.flatMap(({ app, profile, version, breaks }) =>
    breaks.map(({ message }) => [app, profile, version, message].join(' ')),
  )
  const shown = breaking.sort().join('\n')
  const [accepted, setAccepted] = useState<string>()
  const breaks = breaking.length > 0
  const isAccepted = !breaks || accepted === shown
  return {
    breaks,
    isAccepted,
    consent: breaks && (
      <Checkbox
        label={t.breaksAccepted}
        checked={isAccepted}
        onChange={(checked) => setAccepted(checked ? shown : undefined)}
      />
    ),
  }
}

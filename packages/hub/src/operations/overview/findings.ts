import Type, { type Static } from 'typebox'
import { object, oneOf } from '../../operation/schemas.ts'

const severities = ['critical', 'warning', 'notice'] as const

export const findingSchema = object({
  severity: oneOf(severities, '`critical`: requests fail now; `warning`: check it today; `notice`: somebody waits.'),
  code: Type.String({ description: 'Stable, for programs: `no-leader`, `service-without-instances`, …' }),
  about: Type.Optional(Type.String({ description: 'The service, document or member.' })),
  message: Type.String({ description: 'For people.' }),
})

export type Finding = Static<typeof findingSchema>

export function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity))
}

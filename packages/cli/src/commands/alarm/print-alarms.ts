import type { Alarm } from '@waypost/client'
import { alarmFields } from '../../print/members.ts'
import { type FormatOption, factsOutput } from '../../print/output.ts'

const names: Record<Alarm['type'], string> = { 'no-space': 'NOSPACE', corrupt: 'CORRUPT', unknown: 'UNKNOWN' }

/** Prints alarms as etcdctl does, with the space that its lines end in. */
export function printAlarms(alarms: readonly Alarm[], options: FormatOption): Promise<void> {
  return factsOutput.print(options, {
    simple: () => alarms.map(({ memberId, type }) => `memberID:${memberId} alarm:${names[type]} \n`).join(''),
    json: () => alarmFields(alarms),
  })
}

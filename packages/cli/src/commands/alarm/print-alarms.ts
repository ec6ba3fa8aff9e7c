import type { Alarm } from '@waypost/client'
import type { Header } from '../../print/answers.ts'
import { headerFields } from '../../print/json.ts'
import { alarmFields } from '../../print/members.ts'
import { type FormatOption, factsOutput } from '../../print/output.ts'

const names: Record<Alarm['type'], string> = { 'no-space': 'NOSPACE', corrupt: 'CORRUPT', unknown: 'UNKNOWN' }

/** Prints alarms as etcdctl does, with the space that its lines end in; a disarmament has no header. */
export function printAlarms(
  alarms: readonly Alarm[],
  options: FormatOption,
  header?: () => Promise<Header>,
): Promise<void> {
  return factsOutput.print(options, {
    simple: () => alarms.map(({ memberId, type }) => `memberID:${memberId} alarm:${names[type]} \n`).join(''),
    json: async () => ({ header: header && headerFields(await header()), ...alarmFields(alarms) }),
  })
}

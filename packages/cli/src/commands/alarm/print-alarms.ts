import type { Alarm } from '@waypost/client'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { jsonLine } from '../../print/go-json.ts'
import { alarmFields } from '../../print/members.ts'
import { terminal } from '../../terminal/terminal.ts'

const names: Record<Alarm['type'], string> = { 'no-space': 'NOSPACE', corrupt: 'CORRUPT', unknown: 'UNKNOWN' }

/** Prints alarms as etcdctl does, with the space that its lines end in. */
export function printAlarms(alarms: readonly Alarm[], { writeOut }: GlobalOptions): void {
  if (writeOut === 'json') terminal.write(jsonLine(alarmFields(alarms)))
  else for (const { memberId, type } of alarms) terminal.write(`memberID:${memberId} alarm:${names[type]} \n`)
}

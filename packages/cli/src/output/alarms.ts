import type { Alarm } from '@waypost/client'
import type { GlobalOptions } from '../global-options.ts'
import { terminal } from '../terminal.ts'
import { jsonLine } from './go-json.ts'
import { alarmFields } from './members.ts'

const names: Record<Alarm['type'], string> = { 'no-space': 'NOSPACE', corrupt: 'CORRUPT', unknown: 'UNKNOWN' }

/** Prints alarms as etcdctl does, with the space that its lines end in. */
export function printAlarms(alarms: readonly Alarm[], { writeOut }: GlobalOptions): void {
  if (writeOut === 'json') terminal.write(jsonLine(alarmFields(alarms)))
  else for (const { memberId, type } of alarms) terminal.write(`memberID:${memberId} alarm:${names[type]} \n`)
}

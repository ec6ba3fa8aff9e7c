import type { Alarm } from '@waypost/client'

const names: Record<Alarm['type'], string> = { 'no-space': 'NOSPACE', corrupt: 'CORRUPT', unknown: 'UNKNOWN' }

/** An alarm as etcdctl prints it, with the space that its lines end in. */
export function alarmLine({ memberId, type }: Alarm): string {
  return `memberID:${memberId} alarm:${names[type]} \n`
}

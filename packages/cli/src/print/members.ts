import type { Alarm, Member } from '@waypost/client'
import { unlessEmpty, unlessZero } from './json.ts'
import type { JsonObject } from './json-line.ts'

/** A member as `etcdctl -w json` prints it. */
export function memberFields({ id, name, peerUrls, clientUrls, isLearner }: Member): JsonObject {
  return {
    ID: id,
    name: name === '' ? undefined : name,
    peerURLs: unlessEmpty(peerUrls),
    clientURLs: unlessEmpty(clientUrls),
    isLearner: isLearner || undefined,
  }
}

const alarmNumbers: Readonly<Record<Alarm['type'], number | undefined>> = {
  'no-space': 1,
  corrupt: 2,
  unknown: undefined,
}

/** Alarms as `etcdctl -w json` prints them. */
export function alarmFields(alarms: readonly Alarm[]): JsonObject {
  return {
    alarms: unlessEmpty(
      alarms.map(({ memberId, type }) => ({ memberID: unlessZero(memberId), alarm: alarmNumbers[type] })),
    ),
  }
}

/** The id of a member, or of a cluster, as etcdctl prints it. */
export function memberHex(id: bigint): string {
  return id.toString(16).padStart(16, ' ')
}

import type { OperationContext } from '../../operation/operation-context.ts'
import { alarmJson, readMembers } from '../cluster/read-cluster.ts'
import type { Finding } from './findings.ts'

/** From this share of its quota on a store is soon full. */
const fullShare = 0.8

export async function clusterPart({ caller: { etcd }, signal }: OperationContext) {
  const [members, alarms] = await Promise.all([readMembers(etcd, signal), etcd.maintenance.alarms({ signal })])
  const leader = members.find(({ isLeader }) => isLeader)
  const findings: Finding[] = []
  if (leader === undefined) {
    findings.push({
      severity: 'critical',
      code: 'no-leader',
      message: 'The store has no leader: nothing can be written.',
    })
  }
  for (const { name, id, isReachable, error, dbSizeBytes = 0, dbSizeQuotaBytes } of members) {
    const about = name || id
    if (!isReachable) {
      findings.push({
        severity: 'warning',
        code: 'member-unreachable',
        about,
        message: `The member ${about} does not answer: ${error ?? 'no reason is known'}.`,
      })
    }
    if (dbSizeQuotaBytes !== undefined && dbSizeBytes > fullShare * dbSizeQuotaBytes) {
      const percent = Math.round((100 * dbSizeBytes) / dbSizeQuotaBytes)
      findings.push({
        severity: 'warning',
        code: 'store-almost-full',
        about,
        message: `The member ${about} uses ${percent} % of its quota.`,
      })
    }
  }
  for (const alarm of alarms.map(alarmJson)) {
    findings.push({
      severity: 'critical',
      code: `alarm-${alarm.type}`,
      about: alarm.member,
      message: `The member ${alarm.member} has raised the alarm ${alarm.type}.`,
    })
  }
  return {
    facts: {
      members: members.length,
      reachable: members.filter(({ isReachable }) => isReachable).length,
      leader: leader?.name || leader?.id,
      dbSizeBytes: Math.max(0, ...members.map(({ dbSizeBytes = 0 }) => dbSizeBytes)),
      alarms: alarms.map(alarmJson),
    },
    findings,
  }
}

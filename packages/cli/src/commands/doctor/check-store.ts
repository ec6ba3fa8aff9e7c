import type { EtcdClient, MemberStatus } from '@waypost/client'
import { messageOf, WaypostError } from '@waypost/core'
import { byteCount } from '../../print/byte-count.ts'
import { type Finding, ok, problem, warning } from './findings.ts'

const slowMs = 100
const nearlyFull = 0.8
const mostlyFree = 0.5
const worthDefragmentingBytes = 100_000_000

interface Member extends MemberStatus {
  readonly endpoint: string
}

/** Endpoints, latency, versions, leader, alarms and space. */
export async function checkStore(etcd: EtcdClient): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  const members: Member[] = []
  for (const endpoint of etcd.endpoints) {
    const beganMs = performance.now()
    try {
      members.push({ endpoint, ...(await etcd.maintenance.status({ endpoint })) })
      findings.push(latencyFinding(endpoint, performance.now() - beganMs))
    } catch (error) {
      findings.push(problem('endpoint', `${endpoint}: ${messageOf(error)}`, 'Start it, or take it out of --endpoints.'))
    }
  }
  if (members.length === 0) return findings
  return [
    ...findings,
    versionFinding(members),
    leaderFinding(members),
    ...members.flatMap(spaceFindings),
    ...(await alarms(etcd)),
  ]
}

function latencyFinding(endpoint: string, ms: number): Finding {
  const found = `${endpoint} answered in ${ms.toFixed(1)} ms`
  if (ms < slowMs) return ok('endpoint', found)
  return warning('endpoint', found, 'Check the load and the disk of the store, and the network in between.')
}

function versionFinding(members: readonly Member[]): Finding {
  const versions = [...new Set(members.map(({ version }) => version))]
  if (versions.length > 1) {
    return warning(
      'version',
      `members run ${versions.join(' and ')}`,
      'Finish the upgrade: run the same version on all members.',
    )
  }
  const [version = ''] = versions
  const isOld = /^3\.[0-4]\./.test(version)
  return isOld
    ? warning('version', `etcd ${version}`, 'It is out of support: upgrade one minor version after the other.')
    : ok('version', version)
}

function leaderFinding(members: readonly Member[]): Finding {
  const leaders = new Set(members.map(({ leader }) => leader))
  if (leaders.has(0n))
    return problem('leader', 'a member has no leader', 'Start the missing members: a quorum is needed.')
  return leaders.size === 1
    ? ok('leader', 'one leader, known to all')
    : problem('leader', 'members name different leaders', 'Check the network between the members.')
}

function spaceFindings(member: Member): readonly Finding[] {
  const { endpoint, dbSizeBytes, dbSizeInUseBytes, dbSizeQuotaBytes } = member
  const findings: Finding[] = []
  const used = `${endpoint} uses ${byteCount(dbSizeBytes)}`
  if (dbSizeQuotaBytes > 0n && Number(dbSizeBytes) > nearlyFull * Number(dbSizeQuotaBytes)) {
    findings.push(
      problem(
        'space',
        `${used} of ${byteCount(dbSizeQuotaBytes)}`,
        'Compact and defragment, or raise --quota-backend-bytes.',
      ),
    )
  } else findings.push(ok('space', dbSizeQuotaBytes > 0n ? `${used} of ${byteCount(dbSizeQuotaBytes)}` : used))
  const free = Number(dbSizeBytes - dbSizeInUseBytes)
  if (free > worthDefragmentingBytes && free > mostlyFree * Number(dbSizeBytes)) {
    findings.push(warning('space', `${endpoint}: ${byteCount(free)} of it are free`, 'Run waypost defrag.'))
  }
  return findings
}

async function alarms(etcd: EtcdClient): Promise<readonly Finding[]> {
  try {
    const raised = await etcd.maintenance.alarms()
    if (raised.length === 0) return [ok('alarms', 'none')]
    return raised.map(({ type }) =>
      problem('alarms', `${type} is raised`, 'Remove its cause, then run waypost alarm disarm.'),
    )
  } catch (error) {
    if (WaypostError.is(error, 'permission-denied')) return []
    throw error
  }
}

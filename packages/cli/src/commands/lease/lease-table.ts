import type { EtcdClient } from '@waypost/client'
import type { LeaseTimesAnswer } from '../../print/answers.ts'
import { leaseHex } from '../../print/simple.ts'
import { table } from '../../print/table.ts'
import { terminal } from '../../terminal/terminal.ts'

/** How many leases are asked for at once. */
const batchSize = 32

/** What each lease has left. A lease that ends meanwhile is left out. */
export async function leaseTable(etcd: EtcdClient, ids: readonly bigint[]): Promise<string> {
  const leases: LeaseTimesAnswer[] = []
  for (let start = 0; start < ids.length; start += batchSize) {
    const batch = ids.slice(start, start + batchSize)
    const answers = await Promise.all(
      batch.map(async (id) => ({ id, ...(await etcd.leases.timeToLive(id, { keys: true })) })),
    )
    leases.push(...answers.filter(({ ttlSeconds }) => ttlSeconds >= 0))
  }
  return leases.length === 0 ? 'No leases.\n' : leaseTimesTable(leases)
}

export function leaseTimesTable(leases: readonly LeaseTimesAnswer[]): string {
  const rows = leases.map(({ id, grantedTtlSeconds, ttlSeconds, keys }) => [
    leaseHex(id),
    `${grantedTtlSeconds} s`,
    ttlSeconds < 0 ? 'expired' : `${ttlSeconds} s`,
    String(keys.length),
  ])
  return table(['LEASE', 'GRANTED', 'LEFT', 'KEYS'], rows, terminal.tableStyle)
}

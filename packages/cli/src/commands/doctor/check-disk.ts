import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { open, rm, statfs } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { messageOf } from '@waypost/core'
import { byteCount } from '../../print/byte-count.ts'
import { type Finding, ok, problem, warning } from './findings.ts'

const timeoutMs = 2_000
/** As etcd's documentation asks of a disk: 99 of 100 syncs of the log below this. */
const slowSyncMs = 10
const syncs = 20
const syncBytes = 4_096
/** Of the file system; and what a compaction, a snapshot or a defragmentation may need beside the data. */
const littleFree = 0.1
const tooLittleFree = 0.03
const defaultDataDir = '.waypost'

const moveIt = 'Put the data on a dedicated local SSD.'

/**
 * The disk below the store: how fast its log is synced, by its own metrics; and with a data directory on this machine,
 * how much space is left there and how fast a file is synced.
 */
export async function checkDisk(
  endpoints: readonly string[],
  dataDir: string | undefined,
): Promise<readonly Finding[]> {
  const directory = dataDir ?? (endpoints.some(isHere) && existsSync(defaultDataDir) ? defaultDataDir : undefined)
  const [byMetrics, here] = await Promise.all([
    Promise.all(endpoints.map(logSyncs)),
    directory === undefined ? [] : checkDirectory(resolve(directory)),
  ])
  return [...byMetrics.flat(), ...here]
}

function isHere(endpoint: string): boolean {
  return /^(\w+:\/\/)?(127\.|localhost|\[::1\])/.test(endpoint)
}

async function checkDirectory(directory: string): Promise<readonly Finding[]> {
  try {
    return [await space(directory), await syncSpeed(directory)]
  } catch (error) {
    return [problem('disk', `${directory}: ${messageOf(error)}`, 'Name the data directory of the store: --data-dir.')]
  }
}

async function space(directory: string): Promise<Finding> {
  const { bavail, bsize, blocks } = await statfs(directory)
  const share = blocks === 0 ? 1 : bavail / blocks
  const found = `${byteCount(bavail * bsize)} free where ${directory} is (${Math.floor(share * 100)} %)`
  if (share >= littleFree) return ok('disk', found)
  const cure = 'Free some space, or move the data: without space the store takes no writes.'
  return share < tooLittleFree ? problem('disk', found, cure) : warning('disk', found, cure)
}

/** Writes a small file and removes it: what a commit does to the log. */
async function syncSpeed(directory: string): Promise<Finding> {
  const path = join(directory, `.doctor-${randomBytes(4).toString('hex')}`)
  const file = await open(path, 'wx', 0o600)
  const tookMs: number[] = []
  try {
    const bytes = Buffer.alloc(syncBytes)
    for (let at = 0; at < syncs; at++) {
      const beganMs = performance.now()
      await file.write(bytes, 0, syncBytes, at * syncBytes)
      await file.datasync()
      tookMs.push(performance.now() - beganMs)
    }
  } finally {
    await file.close()
    await rm(path, { force: true })
  }
  tookMs.sort((a, b) => a - b)
  const medianMs = tookMs[syncs >> 1] ?? 0
  const worstMs = tookMs.at(-1) ?? 0
  return syncFinding(`a sync there takes ${medianMs.toFixed(1)} ms, ${worstMs.toFixed(1)} ms at most`, medianMs)
}

function syncFinding(found: string, ms: number): Finding {
  return ms < slowSyncMs ? ok('disk', found) : warning('disk', found, moveIt)
}

/** By the histogram that etcd and the embedded store show. A store that shows no metrics says nothing about its disk. */
async function logSyncs(endpoint: string): Promise<readonly Finding[]> {
  const url = endpoint.includes('://') ? endpoint : `http://${endpoint}`
  if (!url.startsWith('http:')) return []
  try {
    const response = await fetch(new URL('/metrics', url), { signal: AbortSignal.timeout(timeoutMs) })
    const ms = quantileMs(await response.text(), 'etcd_disk_wal_fsync_duration_seconds', 0.99)
    if (ms === undefined) return []
    // Buckets double: the quantile lies between half of the bound and the bound.
    const words = Number.isFinite(ms) ? `within ${ms} ms` : 'in an unknown time above its largest bucket'
    return [syncFinding(`${endpoint} syncs its log ${words}, 99 times of 100`, ms / 2)]
  } catch {
    // The store check says that it does not answer.
    return []
  }
}

/** The bound of the bucket that the quantile falls into. */
export function quantileMs(metrics: string, name: string, quantile: number): number | undefined {
  const buckets = [...metrics.matchAll(new RegExp(`^${name}_bucket\\{le="([^"]+)"\\} (\\S+)$`, 'gm'))].map(
    ([, bound, count]) => ({
      ms: bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound) * 1_000,
      count: Number(count),
    }),
  )
  const total = buckets.at(-1)?.count ?? 0
  return total === 0 ? undefined : buckets.find(({ count }) => count >= total * quantile)?.ms
}

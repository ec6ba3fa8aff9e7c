import { randomBytes } from 'node:crypto'
import type { EtcdClient } from '@waypost/client'
import { delay, WaypostError } from '@waypost/core'
import { UsageError } from '../../../command-line/exit-codes.ts'
import type { PutLatencies } from './verdict.ts'
import { keyBytes, valueBytes, type Workload } from './workloads.ts'

export interface CheckPerfOptions {
  readonly workload: Workload
  readonly prefix: string
  readonly durationMs: number
  readonly signal: AbortSignal
  /** Called with how many puts were answered so far. */
  readonly onPut: (count: number) => void
}

/** What was put is deleted, however long that takes. */
const cleanupTimeoutMs = 60_000

/** How often the rate is looked after. */
const tickMs = 5

/** Puts at the workload's rate, and deletes it all again, also when it is interrupted; `revision` is the deletion's. */
export async function checkPerf(
  etcd: EtcdClient,
  options: CheckPerfOptions,
): Promise<{ readonly latencies: PutLatencies; readonly revision: bigint }> {
  const { prefix } = options
  if (prefix === '') throw new UsageError('--prefix must not be empty: everything under it is deleted at the end.')
  if ((await etcd.kv.count({ prefix })) > 0n)
    throw new UsageError(
      `There are keys under ${prefix} already: delete them first with waypost del --prefix ${prefix}`,
    )
  const latencies = await puts(etcd, options)
  const { revision } = await etcd.kv.delete({ prefix }, { timeoutMs: cleanupTimeoutMs })
  return { latencies, revision }
}

/** Failed puts are counted, and end nothing. */
async function puts(etcd: EtcdClient, options: CheckPerfOptions): Promise<PutLatencies> {
  const { workload, prefix, durationMs, signal, onPut } = options
  const value = Buffer.alloc(valueBytes)
  const answeredMs: number[] = []
  const errors = new Map<string, number>()
  const running = new Set<Promise<void>>()
  const putOnce = async (): Promise<void> => {
    const key = Buffer.concat([Buffer.from(prefix), randomBytes(8)], Math.max(keyBytes, prefix.length + 8))
    const sentMs = performance.now()
    try {
      await etcd.kv.put(key, value)
      answeredMs.push(performance.now() - sentMs)
    } catch (error) {
      const name = WaypostError.is(error) ? error.code : String(error)
      errors.set(name, (errors.get(name) ?? 0) + 1)
    }
    onPut(answeredMs.length)
  }
  const beganMs = performance.now()
  let sent = 0
  for (let elapsedMs = 0; elapsedMs < durationMs && !signal.aborted; elapsedMs = performance.now() - beganMs) {
    const due = (workload.putsPerSecond * elapsedMs) / 1_000
    while (sent <= due && running.size < workload.inFlight) {
      sent += 1
      const one = putOnce().finally(() => running.delete(one))
      running.add(one)
    }
    await (running.size >= workload.inFlight ? Promise.race(running) : delay(tickMs))
  }
  await Promise.all(running)
  return { answeredMs, errors, elapsedMs: performance.now() - beganMs }
}

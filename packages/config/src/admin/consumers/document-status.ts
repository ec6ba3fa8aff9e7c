import type { EtcdClient, KeyValue } from '@waypost/client'
import type { Deadline } from '@waypost/core'
import { type AppliedRecord, type AppliedState, parseApplied } from '../../records/applied.ts'
import { type CanaryRule, parseCanaries } from '../../records/canary.ts'
import { type ConsumerRecord, parseConsumer } from '../../records/consumer.ts'
import type { DamagedRecord } from '../../records/json-record.ts'
import { appliedPrefix, appliedProcessOf, canariesKey, recordFolders } from '../../records/keys.ts'
import { readPathStates } from '../history/path-state.ts'
import { type ProcessStatus, processStatus } from './process-status.ts'

/** How many processes are how far. */
export type StateCounts = Readonly<Record<AppliedState, number>>

/** Who runs what of a document now. */
export interface DocumentStatus {
  readonly path: string
  /** The release that the document is at; 0 when there is none. */
  readonly release: number
  /** Somebody has changed the document by hand since that release. */
  readonly changedByHand: boolean
  /** All live processes that use the document. */
  readonly counts: StateCounts
  /** The processes without a canary. */
  readonly released: StateCounts
  readonly canaries: readonly { readonly name: string; readonly rule: CanaryRule; readonly counts: StateCounts }[]
  /** How many processes run each release, the newest first, as far as they know; canaries are counted above. */
  readonly running: readonly { readonly release: number; readonly processes: number }[]
  /** By application and instance. */
  readonly processes: readonly ProcessStatus[]
  readonly damaged: readonly DamagedRecord[]
}

export async function readStatus(etcd: EtcdClient, path: string, deadline: Deadline): Promise<DocumentStatus> {
  const [[state], storedCanaries, applied, consumers] = await Promise.all([
    readPathStates(etcd, [path], deadline),
    etcd.kv.get(canariesKey(path), deadline.call()),
    etcd.kv.list({ prefix: appliedPrefix(path) }, deadline.call()).toArray(),
    etcd.kv.list({ prefix: recordFolders.consumers }, deadline.call()).toArray(),
  ])
  const damaged: DamagedRecord[] = []
  const canaries = (storedCanaries && recordOf(storedCanaries, parseCanaries, damaged)) ?? { canaries: [] }
  const users = usersOf(path, consumers, applied, damaged)
  const targets = { checksum: state?.checksum, canaries }
  const processes = [...users]
    .flatMap(([process, { consumer, applied: said }]) => processStatus(process, consumer, said, targets) ?? [])
    .sort((a, b) => compare(a.app, b.app) || compare(a.instance, b.instance) || compare(a.process, b.process))
  return {
    path,
    release: state?.recorded ?? 0,
    changedByHand: state?.external === true,
    counts: count(processes),
    released: count(processes.filter(({ canary }) => canary === undefined)),
    canaries: canaries.canaries.map(({ name, rule }) => ({
      name,
      rule,
      counts: count(processes.filter(({ canary }) => canary === name)),
    })),
    running: running(processes),
    processes,
    damaged,
  }
}

function running(processes: readonly ProcessStatus[]): DocumentStatus['running'] {
  const releases = new Map<number, number>()
  for (const { release } of processes)
    if (release !== undefined) releases.set(release, (releases.get(release) ?? 0) + 1)
  return [...releases].map(([release, count]) => ({ release, processes: count })).sort((a, b) => b.release - a.release)
}

/** What is known of a live process that uses a document. */
export interface DocumentUser {
  readonly consumer: ConsumerRecord | undefined
  readonly applied: AppliedRecord | undefined
}

/** The live processes that use a document, by name: those that load it, and those that have said something of it. */
export function usersOf(
  path: string,
  consumers: Iterable<KeyValue>,
  applied: Iterable<KeyValue>,
  damaged: DamagedRecord[],
): ReadonlyMap<string, DocumentUser> {
  const users = new Map<string, DocumentUser>()
  const known = new Map<string, ConsumerRecord>()
  for (const stored of consumers) {
    const process = stored.key.slice(recordFolders.consumers.length)
    const consumer = recordOf(stored, parseConsumer, damaged)
    if (consumer === undefined) continue
    known.set(process, consumer)
    if (consumer.documents.includes(path)) users.set(process, { consumer, applied: undefined })
  }
  for (const stored of applied) {
    const process = appliedProcessOf(path, stored.key)
    const said = process === undefined ? undefined : recordOf(stored, parseApplied, damaged)
    if (process !== undefined && said) users.set(process, { consumer: known.get(process), applied: said })
  }
  return users
}

function recordOf<T>(
  { key, bytes }: KeyValue,
  parse: (bytes: Uint8Array) => { readonly record?: T | undefined; readonly damage?: string | undefined },
  damaged: DamagedRecord[],
): T | undefined {
  const { record, damage } = parse(bytes)
  if (damage !== undefined) damaged.push({ key, reason: damage })
  return record
}

function count(processes: readonly ProcessStatus[]): StateCounts {
  const counts = { applied: 0, rejected: 0, pending: 0 }
  for (const { state } of processes) counts[state] += 1
  return counts
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

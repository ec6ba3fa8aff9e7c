import type { CallOptions } from '@waypost/core'
import { callOptionKinds, checkOptionsIfGiven, int64, type OptionKinds } from '@waypost/core/options'
import * as wire from '@waypost/protocol'
import type { Method } from '@waypost/rpc/client'
import { toInt64, toUint64 } from '../keys/int64.ts'
import type { Int64 } from '../keys/key.ts'
import { revisionOf } from '../kv/kv-response.ts'
import type { Caller } from '../link/caller.ts'
import type { Effect } from '../link/errors.ts'
import { type EndpointOptions, endpointOptionKinds } from './endpoint-options.ts'
import { readSnapshot } from './snapshot.ts'
import type { SnapshotOptions } from './snapshot-options.ts'

export interface HashKvOptions extends EndpointOptions {
  /** The checksum covers the keys up to this revision. Default: the newest. */
  readonly revision?: Int64 | undefined
}

const hashKvOptionKinds: OptionKinds<HashKvOptions> = { ...endpointOptionKinds, revision: int64 }

export interface MemberStatus {
  readonly clusterId: bigint
  readonly memberId: bigint
  readonly version: string
  readonly revision: bigint
  /** The leader's member id; 0 for none. */
  readonly leader: bigint
  readonly isLearner: boolean
  readonly raftTerm: bigint
  readonly raftIndex: bigint
  readonly raftAppliedIndex: bigint
  readonly dbSizeBytes: bigint
  readonly dbSizeInUseBytes: bigint
  readonly errors: readonly string[]
  /** The version of the data on disk; empty when the store does not tell, as etcd before 3.6. */
  readonly storageVersion: string
  /** How large the store may become; 0 when the store does not tell. */
  readonly dbSizeQuotaBytes: bigint
  /** Of a downgrade; `undefined` when the store does not tell. */
  readonly downgrade: { readonly enabled: boolean; readonly targetVersion: string } | undefined
}

export interface Alarm {
  readonly memberId: bigint
  readonly type: 'no-space' | 'corrupt' | 'unknown'
}

export interface KvHash {
  readonly hash: number
  /** The store's compaction when the hash was taken; hashes are comparable when these are equal. */
  readonly compactRevision: bigint
  readonly revision: bigint
  /** The last revision that counts in the hash; 0 when the store does not tell, as etcd before 3.6. */
  readonly hashRevision: bigint
}

/** Looks after the members of the store, one at a time. */
export class Maintenance {
  readonly #caller: Caller

  /** @internal */
  constructor(caller: Caller) {
    this.#caller = caller
  }

  /**
   * The state of one member.
   *
   * @example
   * ```ts
   * const { version, dbSizeBytes } = await etcd.maintenance.status()
   * console.log(`${version}, ${dbSizeBytes} bytes`)
   * ```
   */
  async status(options?: EndpointOptions): Promise<MemberStatus> {
    checkOptionsIfGiven('maintenance.status', options, endpointOptionKinds)
    const answer = await this.#ask(wire.Maintenance.status, {}, 'read', options)
    return {
      clusterId: answer.header?.clusterId ?? 0n,
      memberId: answer.header?.memberId ?? 0n,
      version: answer.version,
      revision: revisionOf(answer.header),
      leader: answer.leader,
      isLearner: answer.isLearner,
      raftTerm: answer.raftTerm,
      raftIndex: answer.raftIndex,
      raftAppliedIndex: answer.raftAppliedIndex,
      dbSizeBytes: answer.dbSize,
      dbSizeInUseBytes: answer.dbSizeInUse,
      errors: answer.errors,
      storageVersion: answer.storageVersion,
      dbSizeQuotaBytes: answer.dbSizeQuota,
      downgrade: answer.downgradeInfo,
    }
  }

  /** The alarms that are raised, on all members. */
  async alarms(options?: CallOptions): Promise<readonly Alarm[]> {
    checkOptionsIfGiven('maintenance.alarms', options, callOptionKinds)
    const request = { action: wire.AlarmRequest_AlarmAction.GET, memberId: 0n, alarm: wire.AlarmType.NONE }
    const { alarms } = await this.#caller.call(wire.Maintenance.alarm, request, 'read', options)
    return alarms.map(({ memberId, alarm }) => ({ memberId, type: alarmTypes.get(alarm) ?? 'unknown' }))
  }

  /** Takes an alarm back, once its cause is gone. */
  async disarm(alarm: Alarm, options?: CallOptions): Promise<void> {
    checkOptionsIfGiven('maintenance.disarm', options, callOptionKinds)
    const type = [...alarmTypes].find(([, name]) => name === alarm.type)?.[0] ?? wire.AlarmType.NONE
    const request = {
      action: wire.AlarmRequest_AlarmAction.DEACTIVATE,
      memberId: toUint64(alarm.memberId),
      alarm: type,
    }
    await this.#caller.call(wire.Maintenance.alarm, request, 'repeatable-write', options)
  }

  /** Gives free space back to the file system. The member answers nothing else until it is done. */
  async defragment(options?: EndpointOptions): Promise<void> {
    checkOptionsIfGiven('maintenance.defragment', options, endpointOptionKinds)
    await this.#ask(wire.Maintenance.defragment, {}, 'write', options)
  }

  /** A checksum of the keys up to a revision, by default all, to compare members with. */
  async hashKv(options?: HashKvOptions): Promise<KvHash> {
    checkOptionsIfGiven('maintenance.hashKv', options, hashKvOptionKinds)
    const request = { revision: options?.revision === undefined ? 0n : toInt64(options.revision, 'revision') }
    const answer = await this.#ask(wire.Maintenance.hashKV, request, 'read', options)
    const { hash, compactRevision, hashRevision } = answer
    return { hash, compactRevision, hashRevision, revision: revisionOf(answer.header) }
  }

  /** Hands leadership to another member. The leader must be asked. */
  async moveLeader(targetId: Int64, options?: EndpointOptions): Promise<void> {
    checkOptionsIfGiven('maintenance.moveLeader', options, endpointOptionKinds)
    await this.#ask(wire.Maintenance.moveLeader, { targetId: toUint64(targetId) }, 'write', options)
  }

  /**
   * A copy of the whole store, in chunks as they come; a slow reader slows the store down.
   * `timeoutMs` bounds all of it; default none.
   *
   * @example
   * ```ts
   * import { createWriteStream } from 'node:fs'
   * import { Readable } from 'node:stream'
   * import { pipeline } from 'node:stream/promises'
   *
   * await pipeline(Readable.from(etcd.maintenance.snapshot()), createWriteStream('backup.db', { mode: 0o600 }))
   * ```
   */
  snapshot(options?: SnapshotOptions): AsyncIterableIterator<Uint8Array> {
    return readSnapshot(this.#caller, options)
  }

  #ask<Req, Res>(
    method: Method<Req, Res>,
    request: Req,
    effect: Effect,
    options: EndpointOptions | undefined,
  ): Promise<Res> {
    const endpoint = options?.endpoint
    // A member is asked about itself, leader or no leader.
    const spec = { signal: options?.signal, timeoutMs: options?.timeoutMs, linearizable: false }
    if (endpoint === undefined) return this.#caller.call(method, request, effect, spec)
    return this.#caller.callAt(endpoint, method, request, effect, spec)
  }
}

const alarmTypes = new Map<number, Alarm['type']>([
  [wire.AlarmType.NOSPACE, 'no-space'],
  [wire.AlarmType.CORRUPT, 'corrupt'],
])

import type { CallOptions } from '@waypost/core'
import type { Int64 } from './key.ts'

export interface EndpointOptions extends CallOptions {
  /** Asks this endpoint. Default the one in use. */
  readonly endpoint?: string | undefined
}

export interface MemberStatus {
  readonly endpoint: string
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
}

export interface Alarm {
  readonly memberId: bigint
  readonly type: 'no-space' | 'corrupt' | 'unknown'
}

/** Looks after the members of the store, one at a time. */
export class Maintenance {
  status(_options?: EndpointOptions): Promise<MemberStatus> {
    throw new Error('not written yet')
  }

  alarms(_options?: CallOptions): Promise<readonly Alarm[]> {
    throw new Error('not written yet')
  }

  disarm(_alarm: Alarm, _options?: CallOptions): Promise<void> {
    throw new Error('not written yet')
  }

  /** Gives free space back to the file system. The member does not answer while it works. */
  defragment(_options?: EndpointOptions): Promise<void> {
    throw new Error('not written yet')
  }

  /** A checksum of the keys up to a revision (default all), to compare members with. */
  hashKv(
    _options?: EndpointOptions & { readonly revision?: Int64 | undefined },
  ): Promise<{ readonly hash: number; readonly compactRevision: bigint; readonly revision: bigint }> {
    throw new Error('not written yet')
  }

  /** Hands leadership to another member. */
  moveLeader(_targetId: Int64, _options?: EndpointOptions): Promise<void> {
    throw new Error('not written yet')
  }

  /** A copy of the whole store, in chunks as they come. `timeoutMs` bounds all of it; default none. */
  snapshot(_options?: EndpointOptions): AsyncIterable<Uint8Array> {
    throw new Error('not written yet')
  }
}

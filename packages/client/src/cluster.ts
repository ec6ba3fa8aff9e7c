import type { CallOptions } from '@waypost/core'
import type { Int64 } from './key.ts'

export interface Member {
  readonly id: bigint
  /** Empty until the member has started. */
  readonly name: string
  readonly peerUrls: readonly string[]
  readonly clientUrls: readonly string[]
  readonly isLearner: boolean
}

/** The members of the store. */
export class Cluster {
  members(_options?: CallOptions): Promise<readonly Member[]> {
    throw new Error('not written yet')
  }

  addMember(
    _peerUrls: readonly string[],
    _options?: CallOptions & { readonly isLearner?: boolean | undefined },
  ): Promise<Member> {
    throw new Error('not written yet')
  }

  removeMember(_id: Int64, _options?: CallOptions): Promise<void> {
    throw new Error('not written yet')
  }

  updateMember(_id: Int64, _peerUrls: readonly string[], _options?: CallOptions): Promise<void> {
    throw new Error('not written yet')
  }

  /** Makes a learner a voting member. */
  promoteMember(_id: Int64, _options?: CallOptions): Promise<void> {
    throw new Error('not written yet')
  }
}

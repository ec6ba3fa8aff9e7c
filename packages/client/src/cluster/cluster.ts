import type { CallOptions } from '@waypost/core'
import {
  boolean,
  callOptionKinds,
  checkedCallOptions,
  checkOptionsIfGiven,
  type OptionKinds,
} from '@waypost/core/options'
import * as wire from '@waypost/protocol'
import { toUint64 } from '../keys/int64.ts'
import type { Int64 } from '../keys/key.ts'
import { present } from '../kv/kv-response.ts'
import type { Caller } from '../link/caller.ts'

export interface Member {
  readonly id: bigint
  /** Empty until the member has started. */
  readonly name: string
  readonly peerUrls: readonly string[]
  readonly clientUrls: readonly string[]
  readonly isLearner: boolean
}

export interface AddMemberOptions extends CallOptions {
  /** A learner follows without a vote. Default false. */
  readonly isLearner?: boolean | undefined
}

const addMemberOptionKinds: OptionKinds<AddMemberOptions> = { ...callOptionKinds, isLearner: boolean }

/** The members of the store. */
export class Cluster {
  readonly #caller: Caller

  /** @internal */
  constructor(caller: Caller) {
    this.#caller = caller
  }

  async members(options?: CallOptions): Promise<readonly Member[]> {
    const { members } = await this.#caller.call(
      wire.Cluster.memberList,
      { linearizable: true },
      'read',
      checkedCallOptions('cluster.members', options),
    )
    return members.map(memberOf)
  }

  async addMember(peerUrls: readonly string[], options?: AddMemberOptions): Promise<Member> {
    checkOptionsIfGiven('cluster.addMember', options, addMemberOptionKinds)
    const request = { peerUrls: [...peerUrls], isLearner: options?.isLearner === true }
    const { member } = await this.#caller.call(wire.Cluster.memberAdd, request, 'write', options)
    return memberOf(present(member))
  }

  async removeMember(id: Int64, options?: CallOptions): Promise<void> {
    await this.#caller.call(
      wire.Cluster.memberRemove,
      { id: toUint64(id) },
      'write',
      checkedCallOptions('cluster.removeMember', options),
    )
  }

  async updateMember(id: Int64, peerUrls: readonly string[], options?: CallOptions): Promise<void> {
    const request = { id: toUint64(id), peerUrls: [...peerUrls] }
    await this.#caller.call(
      wire.Cluster.memberUpdate,
      request,
      'write',
      checkedCallOptions('cluster.updateMember', options),
    )
  }

  /** Makes a learner a voting member. */
  async promoteMember(id: Int64, options?: CallOptions): Promise<void> {
    await this.#caller.call(
      wire.Cluster.memberPromote,
      { id: toUint64(id) },
      'write',
      checkedCallOptions('cluster.promoteMember', options),
    )
  }
}

function memberOf({ id, name, peerUrls, clientUrls, isLearner }: wire.Member): Member {
  return { id, name, peerUrls, clientUrls, isLearner }
}

import type { CallOptions } from '@waypost/core'
import * as wire from '@waypost/protocol'
import { toInt64 } from './int64.ts'
import type { Int64 } from './key.ts'
import type { Caller } from './link/caller.ts'
import { present } from './operation.ts'

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

/** The members of the store. */
export class Cluster {
  readonly #caller: Caller

  /** @internal */
  constructor(caller: Caller) {
    this.#caller = caller
  }

  async members(options?: CallOptions): Promise<readonly Member[]> {
    const { members } = await this.#caller.call(wire.Cluster.memberList, { linearizable: true }, 'read', options)
    return members.map(memberOf)
  }

  async addMember(peerUrls: readonly string[], options?: AddMemberOptions): Promise<Member> {
    const request = { peerUrls: [...peerUrls], isLearner: options?.isLearner === true }
    const { member } = await this.#caller.call(wire.Cluster.memberAdd, request, 'write', options)
    return memberOf(present(member))
  }

  async removeMember(id: Int64, options?: CallOptions): Promise<void> {
    await this.#caller.call(wire.Cluster.memberRemove, { id: toUint64(id) }, 'write', options)
  }

  async updateMember(id: Int64, peerUrls: readonly string[], options?: CallOptions): Promise<void> {
    const request = { id: toUint64(id), peerUrls: [...peerUrls] }
    await this.#caller.call(wire.Cluster.memberUpdate, request, 'write', options)
  }

  /** Makes a learner a voting member. */
  async promoteMember(id: Int64, options?: CallOptions): Promise<void> {
    await this.#caller.call(wire.Cluster.memberPromote, { id: toUint64(id) }, 'write', options)
  }
}

/** Member ids use all 64 bits without a sign. */
export function toUint64(id: Int64): bigint {
  return typeof id === 'bigint' ? BigInt.asUintN(64, id) : toInt64(id, 'id')
}

function memberOf({ id, name, peerUrls, clientUrls, isLearner }: wire.Member): Member {
  return { id, name, peerUrls, clientUrls, isLearner }
}

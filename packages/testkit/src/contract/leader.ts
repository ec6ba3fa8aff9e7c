import { Cluster, Maintenance, MemberListRequest, StatusRequest } from '@waypost/protocol'
import { Wire } from '../wire/wire.ts'

/** A connection of its own to the member that leads; the only member leads itself. */
export async function leaderOf(wire: Wire): Promise<Wire> {
  const { leader } = await wire.call(Maintenance.status, StatusRequest.create({}))
  const { members } = await wire.call(Cluster.memberList, MemberListRequest.create({}))
  const url = members.find((member) => member.id === leader)?.clientUrls[0]
  if (url === undefined) throw new Error('The leader is not among the members.')
  return new Wire(url)
}

/** An endpoint of a member that follows: what a client meets there has gone the long way. */
export async function followerOf(endpoints: readonly string[]): Promise<string> {
  for (const endpoint of endpoints) {
    await using wire = new Wire(endpoint)
    const { leader, header } = await wire.call(Maintenance.status, StatusRequest.create({}))
    if (leader !== header?.memberId) return endpoint
  }
  throw new Error('No member follows.')
}

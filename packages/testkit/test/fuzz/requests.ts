import * as protocol from '@waypost/protocol'
import type { Method } from '@waypost/rpc'
import { op, when } from '../../src/wire/requests.ts'
import type { Dice } from './dice.ts'

const { Auth, Cluster, Election, Health, KV, Lease, Lock, Maintenance, Watch } = protocol

const everyMethod = [KV, Watch, Lease, Cluster, Maintenance, Auth, Lock, Election, Health].flatMap(
  (service): Pick<Method<never, unknown>, 'path' | 'kind'>[] => Object.values(service),
)

/** Calls that may wait for something for as long as their client does. */
const waits = new Set<string>([Lock.lock.path, Election.campaign.path])

export interface Target {
  readonly path: string
  /** Whether an answer comes once the request has ended. */
  readonly isAnswered: boolean
}

/** Every method there is. */
export const targets: readonly Target[] = everyMethod.map(({ path, kind }) => ({
  path,
  isAnswered: kind === 'unary' && !waits.has(path),
}))

function targetOf({ path }: { readonly path: string }): Target {
  const target = targets.find((each) => each.path === path)
  if (!target) throw new Error(`There is no method ${path}.`)
  return target
}

function key(dice: Dice): Uint8Array {
  return dice.chance(0.9)
    ? Buffer.from(dice.pick(['a', 'b', 'c', 'a/1', 'a/2', '\0', '', '\u{ff}', 'z'.repeat(200)]))
    : dice.bytes(20)
}

function range(dice: Dice): protocol.RangeRequest {
  return protocol.RangeRequest.create({
    key: key(dice),
    rangeEnd: dice.chance(0.5) ? key(dice) : Buffer.alloc(0),
    limit: dice.int64(),
    revision: dice.chance(0.6) ? 0n : dice.int64(),
    sortOrder: dice.int(5),
    sortTarget: dice.int(7),
    countOnly: dice.chance(0.2),
    keysOnly: dice.chance(0.2),
    minModRevision: dice.chance(0.8) ? 0n : dice.int64(),
    maxCreateRevision: dice.chance(0.8) ? 0n : dice.int64(),
  })
}

function operation(dice: Dice, depth: number): protocol.RequestOp {
  switch (dice.int(depth > 0 ? 5 : 4)) {
    case 0:
      return protocol.RequestOp.create({ requestRange: range(dice) })
    case 1:
      return op.put(key(dice), dice.bytes(30), { prevKv: dice.chance(0.3), ignoreValue: dice.chance(0.1) })
    case 2:
      return op.delete(key(dice), { end: key(dice), prevKv: dice.chance(0.3) })
    case 3:
      return op.empty()
    default:
      return protocol.RequestOp.create({ requestTxn: txn(dice, depth - 1) })
  }
}

function txn(dice: Dice, depth = 3): protocol.TxnRequest {
  const operations = (): protocol.RequestOp[] => Array.from({ length: dice.int(4) }, () => operation(dice, depth))
  return protocol.TxnRequest.create({
    compare: dice.chance(0.5) ? [when.mod(key(dice), dice.pick(['=', '>', '<', '!=']), dice.int64())] : [],
    success: operations(),
    failure: operations(),
  })
}

function watch(dice: Dice): protocol.WatchRequest {
  switch (dice.int(3)) {
    case 0:
      return protocol.WatchRequest.create({
        cancelRequest: protocol.WatchCancelRequest.create({ watchId: dice.int64() }),
      })
    case 1:
      return protocol.WatchRequest.create({ progressRequest: {} })
    default:
      return protocol.WatchRequest.create({
        createRequest: protocol.WatchCreateRequest.create({
          key: key(dice),
          rangeEnd: key(dice),
          startRevision: dice.chance(0.5) ? 0n : dice.int64(),
          watchId: dice.chance(0.5) ? 0n : dice.int64(),
          prevKv: dice.chance(0.3),
          fragment: dice.chance(0.3),
          progressNotify: dice.chance(0.3),
          filters: [dice.int(4)],
        }),
      })
  }
}

type Maker = (dice: Dice) => readonly [Target, Uint8Array]

function maker<Req>(method: Method<Req, unknown>, request: (dice: Dice) => Req): Maker {
  const target = targetOf(method)
  return (dice) => [target, method.request.encode(request(dice))]
}

const makers: readonly [Maker, ...Maker[]] = [
  maker(KV.range, range),
  maker(KV.put, (dice) =>
    protocol.PutRequest.create({
      key: key(dice),
      value: dice.bytes(100),
      lease: dice.chance(0.7) ? 0n : dice.int64(),
      prevKv: dice.chance(0.3),
      ignoreLease: dice.chance(0.1),
    }),
  ),
  maker(KV.deleteRange, (dice) => protocol.DeleteRangeRequest.create({ key: key(dice), rangeEnd: key(dice) })),
  maker(KV.txn, txn),
  maker(KV.compact, (dice) =>
    protocol.CompactionRequest.create({ revision: dice.int64(), physical: dice.chance(0.5) }),
  ),
  maker(Watch.watch, watch),
  maker(Lease.leaseGrant, (dice) => protocol.LeaseGrantRequest.create({ ttl: dice.int64(), id: dice.int64() })),
  maker(Lease.leaseRevoke, (dice) => protocol.LeaseRevokeRequest.create({ id: dice.int64() })),
  maker(Lease.leaseKeepAlive, (dice) => protocol.LeaseKeepAliveRequest.create({ id: dice.int64() })),
  maker(Lease.leaseTimeToLive, (dice) =>
    protocol.LeaseTimeToLiveRequest.create({ id: dice.int64(), keys: dice.chance(0.5) }),
  ),
  maker(Maintenance.hashKV, (dice) => protocol.HashKVRequest.create({ revision: dice.int64() })),
  maker(Auth.userAdd, (dice) => protocol.AuthUserAddRequest.create({ name: 'ann', password: dice.pick(['', 'x']) })),
  maker(Auth.roleAdd, (dice) => protocol.AuthRoleAddRequest.create({ name: dice.pick(['reader', 'writer']) })),
  maker(Auth.roleGrantPermission, (dice) =>
    protocol.AuthRoleGrantPermissionRequest.create({
      name: dice.pick(['reader', 'writer']),
      perm: protocol.Permission.create({ permType: dice.int(5), key: key(dice), rangeEnd: key(dice) }),
    }),
  ),
  maker(Auth.authenticate, (dice) =>
    protocol.AuthenticateRequest.create({ name: dice.pick(['ann', 'root', '']), password: 'x' }),
  ),
  maker(Lock.lock, (dice) => protocol.LockRequest.create({ name: key(dice), lease: dice.int64() })),
  maker(Election.campaign, (dice) => protocol.CampaignRequest.create({ name: key(dice), lease: dice.int64() })),
  maker(Election.observe, (dice) => protocol.LeaderRequest.create({ name: key(dice) })),
]

/** A request as a client of good will might make it, but for its numbers. */
export function request(dice: Dice): readonly [Target, Uint8Array] {
  return dice.pick(makers)(dice)
}

import { WaypostError } from '@waypost/core'
import Type from 'typebox'
import { defineLiveRead } from '../../operation/define-live-read.ts'
import { defineOperation } from '../../operation/operation.ts'
import { empty, json } from '../../operation/responses.ts'
import { digits, duration, object } from '../../operation/schemas.ts'
import { followRecomputed } from '../live/recomputed-source.ts'
import { lineName, ownerValue, placeJson, placeSchema, session, waitMs } from './place-schema.ts'
import { checkPlaceName, leavePlace, readLine, takePlace, waitForTurn } from './places.ts'

const params = object({ lock: lineName('The name of the lock') })
const permission = [
  { access: 'read', prefix: '{lock}/' },
  { access: 'write', prefix: '{lock}/' },
] as const

const state = {
  name: Type.String(),
  holder: Type.Optional(placeSchema),
  queue: Type.Array(placeSchema, { description: 'Who waits, in order.' }),
} as const

export const readLock = defineLiveRead({
  id: 'coordination.lock',
  path: '/v1/locks/{lock}',
  tag: 'Coordination',
  summary: 'Show who holds a lock and who waits for it',
  permission: [{ access: 'read', prefix: '{lock}/' }],
  params,
  state,
  change: object({ revision: digits('The revision with this change.'), ...state }),
  example: { params: { lock: 'billing' } },
  async follow({ caller: { etcd }, hub, signal }, { params: { lock } }) {
    const read = async (inner: AbortSignal): Promise<object> => {
      const [holder, ...queue] = (await readLine(etcd, lock, inner)).map(placeJson)
      return { name: lock, ...(holder === undefined ? {} : { holder }), queue }
    }
    return followRecomputed({ etcd, clock: hub.clock, ranges: [{ prefix: `${lock}/` }], read }, signal)
  },
})

export const acquireLock = defineOperation({
  id: 'coordination.acquire',
  method: 'POST',
  path: '/v1/locks/{lock}/acquire',
  tag: 'Coordination',
  summary: 'Acquire a lock',
  description:
    'For a session: the lock is released when its heartbeats stop. It waits in one queue with `etcdctl lock` and every ' +
    'process that uses the same name. A session that does not get it in time leaves the queue, unless `stay` is set.',
  permission,
  problems: ['lease-not-found', 'deadline-exceeded'],
  timeoutMs: 330_000,
  params,
  body: object({
    session,
    value: ownerValue,
    wait: Type.Optional(duration('How long to wait for it; `5m` at most. Default: do not wait.')),
    stay: Type.Optional(
      Type.Boolean({ description: 'Keep the place in the queue when the time is up. Default false.' }),
    ),
  }),
  responses: {
    200: json(
      'The session holds the lock.',
      object({ isHeld: Type.Boolean(), token: digits('The fencing token.'), ahead: Type.Integer() }),
    ),
    202: json(
      'It waits in the queue: ask again later.',
      object({
        isHeld: Type.Boolean(),
        token: digits('The token that it will get.'),
        ahead: Type.Integer({ description: 'How many are before it.' }),
      }),
    ),
  },
  example: { params: { lock: 'billing' }, body: { session: '123' } },
  async handler(
    { caller: { etcd }, signal },
    { params: { lock }, body: { session: given, value = '', wait, stay = false } },
  ) {
    const name = checkPlaceName(lock)
    const id = BigInt(given)
    const token = await takePlace(etcd, name, { session: id, value }, signal)
    let ahead: number | undefined
    try {
      ahead = await waitForTurn(etcd, name, token, waitMs(wait), signal)
    } finally {
      // Whoever went away meanwhile must not hold it.
      if (ahead === undefined && !stay) await leavePlace(etcd, name, id, AbortSignal.timeout(5_000)).catch(() => false)
    }
    if (ahead === 0) return { status: 200, body: { isHeld: true, token: String(token), ahead } }
    if (stay) return { status: 202, body: { isHeld: false, token: String(token), ahead } }
    await leavePlace(etcd, name, id, signal)
    throw new WaypostError(
      'deadline-exceeded',
      `The lock ${lock} was not free in time; ${ahead} are before this session.`,
    )
  },
})

export const releaseLock = defineOperation({
  id: 'coordination.release',
  method: 'POST',
  path: '/v1/locks/{lock}/release',
  tag: 'Coordination',
  summary: 'Release a lock, or leave its queue',
  permission,
  problems: ['not-found'],
  params,
  body: object({ session }),
  responses: { 204: empty('The session is no longer in the queue.') },
  example: { params: { lock: 'billing' }, body: { session: '123' } },
  async handler({ caller: { etcd }, signal }, { params: { lock }, body: { session: given } }) {
    if (await leavePlace(etcd, checkPlaceName(lock), BigInt(given), signal)) return { status: 204 }
    throw new WaypostError('not-found', `The session neither holds nor waits for the lock ${lock}.`)
  },
})

import { WaypostError } from '@waypost/core'
import Type from 'typebox'
import { defineLiveRead } from '../../operation/define-live-read.ts'
import { defineOperation } from '../../operation/operation.ts'
import { empty, json } from '../../operation/responses.ts'
import { digits, duration, object } from '../../operation/schemas.ts'
import { followRecomputed } from '../live/recomputed-source.ts'
import { lineName, ownerValue, placeJson, placeSchema, session, waitMs } from './place-schema.ts'
import { checkPlaceName, leavePlace, proclaim, readLine, takePlace, waitForTurn } from './places.ts'

const params = object({ election: lineName('The name of the election') })
const permission = [
  { access: 'read', prefix: '{election}/' },
  { access: 'write', prefix: '{election}/' },
] as const

const state = {
  name: Type.String(),
  leader: Type.Optional(placeSchema),
  candidates: Type.Array(placeSchema, { description: 'The waiting candidates, in order.' }),
} as const

export const readElection = defineLiveRead({
  id: 'coordination.election',
  path: '/v1/elections/{election}',
  tag: 'Coordination',
  summary: 'Show the leader and the candidates of an election',
  permission: [{ access: 'read', prefix: '{election}/' }],
  params,
  state,
  change: object({ revision: digits('The revision with this change.'), ...state }),
  example: { params: { election: 'scheduler' } },
  async follow({ caller: { etcd }, hub, signal }, { params: { election } }) {
    const read = async (inner: AbortSignal): Promise<object> => {
      const [leader, ...candidates] = (await readLine(etcd, election, inner)).map(placeJson)
      return { name: election, ...(leader === undefined ? {} : { leader }), candidates }
    }
    return followRecomputed({ etcd, clock: hub.clock, ranges: [{ prefix: `${election}/` }], read }, signal)
  },
})

const standing = object({ isLeader: Type.Boolean(), token: digits('The fencing token.'), ahead: Type.Integer() })

export const campaign = defineOperation({
  id: 'coordination.campaign',
  method: 'POST',
  path: '/v1/elections/{election}/campaign',
  tag: 'Coordination',
  summary: 'Stand for election',
  description:
    'For a session: it campaigns until it resigns or its heartbeats stop. Repeated, it says whether the session leads. It waits in ' +
    'one queue with `etcdctl elect` and every process that uses the same name.',
  permission,
  problems: ['lease-not-found'],
  timeoutMs: 330_000,
  params,
  body: object({
    session,
    value: ownerValue,
    wait: Type.Optional(duration('How long to wait for leadership; `5m` at most. Default: do not wait.')),
  }),
  responses: { 200: json('The session leads.', standing), 202: json('Others lead before it.', standing) },
  example: { params: { election: 'scheduler' }, body: { session: '123' } },
  async handler({ caller: { etcd }, signal }, { params: { election }, body: { session: given, value = '', wait } }) {
    const name = checkPlaceName(election)
    const token = await takePlace(etcd, name, { session: BigInt(given), value }, signal)
    const ahead = await waitForTurn(etcd, name, token, waitMs(wait), signal)
    const body = { isLeader: ahead === 0, token: String(token), ahead }
    return ahead === 0 ? { status: 200, body } : { status: 202, body }
  },
})

export const proclaimValue = defineOperation({
  id: 'coordination.proclaim',
  method: 'PUT',
  path: '/v1/elections/{election}/leader',
  tag: 'Coordination',
  summary: 'Change the value of the leader',
  permission,
  problems: ['failed-precondition'],
  params,
  body: object({ session, value: Type.String({ maxLength: 4_096 }) }),
  responses: { 200: json('The leader.', placeSchema) },
  example: { params: { election: 'scheduler' }, body: { session: '123', value: 'ready' } },
  async handler({ caller: { etcd }, signal }, { params: { election }, body: { session: given, value } }) {
    const place = await proclaim(etcd, checkPlaceName(election), { session: BigInt(given), value }, signal)
    return { status: 200, body: placeJson(place) }
  },
})

export const resign = defineOperation({
  id: 'coordination.resign',
  method: 'POST',
  path: '/v1/elections/{election}/resign',
  tag: 'Coordination',
  summary: 'Resign, or withdraw',
  permission,
  problems: ['not-found'],
  params,
  body: object({ session }),
  responses: { 204: empty('The session is no longer a candidate.') },
  example: { params: { election: 'scheduler' }, body: { session: '123' } },
  async handler({ caller: { etcd }, signal }, { params: { election }, body: { session: given } }) {
    if (await leavePlace(etcd, checkPlaceName(election), BigInt(given), signal)) return { status: 204 }
    throw new WaypostError('not-found', `The session is not a candidate of ${election}.`)
  },
})

import Type from 'typebox'
import { defineLiveRead } from '../../operation/define-live-read.ts'
import { object } from '../../operation/schemas.ts'
import { ChangeSource } from './change-source.ts'

export const followChanges = defineLiveRead({
  id: 'hub.changes',
  path: '/v1/changes',
  tag: 'Hub',
  summary: 'Follow which parts of the store change',
  description:
    'For pages that show many things at once: one stream says what to read again. Changes within 250 ms are sent as one ' +
    'event. It covers every key that the caller may read: all of them, or whichever of `/services/`, `/config/` and ' +
    '`/waypost/`.',
  permission: [{ access: 'read', prefix: '/services/' }],
  state: {},
  change: object({
    topics: Type.Array(Type.String(), {
      description:
        '`services/<service>`, `config/<path>`, `waypost/<concern>/<kind>`, `keys/<first part>`; only the first part ' +
        'when there are too many; `*` for everything.',
    }),
  }),
  example: {},
  follow: ({ caller: { etcd }, hub: { clock }, signal }) => ChangeSource.open(etcd, clock, signal),
})

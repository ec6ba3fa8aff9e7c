import Type from 'typebox'
import Value from 'typebox/value'
import { followKeys, type Keys } from '../../live/key-source.ts'
import { defineLiveRead } from '../../operation/define-live-read.ts'
import { digits, object } from '../../operation/schemas.ts'
import { gatewaySchema } from './gateway-schema.ts'

const prefix = '/waypost/gateways/'

const state = { gateways: Type.Array(gatewaySchema, { description: 'By process.' }) } as const

/** The gateways that run, with their routes and what they carry. */
export const listGateways = defineLiveRead({
  id: 'gateways.list',
  path: '/v1/gateways',
  tag: 'Gateways',
  summary: 'List the gateways with their routes and figures',
  description:
    'Every gateway publishes its state on a leased key every few seconds. `problems` says why routes in ' +
    'the store are not in force.',
  permission: [{ access: 'read', prefix }],
  state,
  change: object({ revision: digits('The revision with this change.'), ...state }),
  example: {},
  follow: ({ caller: { etcd }, signal }) => followKeys({ etcd, ranges: [{ prefix }], read: gatewaysIn }, signal),
})

/** What cannot be read is not a gateway of this version. */
function gatewaysIn(keys: Keys): { readonly gateways: readonly object[] } {
  const gateways: object[] = []
  for (const kv of keys.values()) {
    try {
      const value: unknown = JSON.parse(kv.text())
      if (Value.Check(gatewaySchema, value)) gateways.push(value)
    } catch {
      // Somebody else's value.
    }
  }
  return { gateways }
}

import { WaypostError } from '@waypost/core'
import { type Address, formatAddress } from '../../command-line/address.ts'
import { storeVersionAt } from './store-probe.ts'

/** Says who has the port, when it is a store that can be used as it is. */
export async function explainPortInUse(error: unknown, address: Address): Promise<unknown> {
  if (!WaypostError.is(error, 'port-in-use')) return error
  const version = await storeVersionAt(address)
  if (version === undefined) return error
  const at = formatAddress(address)
  return new WaypostError(
    'port-in-use',
    `A store that speaks the etcd API (version ${version}) answers on ${at} already: ` +
      `use it as it is with --endpoints http://${at}.`,
    { cause: error },
  )
}

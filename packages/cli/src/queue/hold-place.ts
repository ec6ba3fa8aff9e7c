import type { EtcdClient } from '@waypost/client'
import { WaypostError } from '@waypost/core'
import type { GlobalOptions } from '../command-line/global-options.ts'
import { aborted, type Interrupt } from '../terminal/interrupt.ts'
import type { Place } from './place.ts'
import { printKeyValue } from './print-key-value.ts'

/** Waits for its turn, prints the place's key, and holds it until Ctrl+C. Fails when the place is lost meanwhile. */
export async function holdPlace(
  etcd: EtcdClient,
  place: Place,
  options: GlobalOptions,
  { signal }: Interrupt,
): Promise<void> {
  try {
    await printKeyValue(etcd, (await place.turn(signal)).kv, options)
    await Promise.race([aborted(signal), aborted(place.lost)])
    if (!signal.aborted) throw new WaypostError('lease-not-found', 'The lease has expired: the place is lost.')
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    await place.leave()
  }
}

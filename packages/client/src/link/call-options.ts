import type { CallOptions } from '@waypost/core'
import { callOptionKinds, checkOptionsIfGiven } from '@waypost/core/options'

/** The options of a call that has none of its own, checked. */
export function checkedCallOptions(call: string, options: CallOptions | undefined): CallOptions | undefined {
  checkOptionsIfGiven(call, options, callOptionKinds)
  return options
}

import type { CallOptions } from '../abort.ts'
import { checkOptionsIfGiven, type OptionKinds } from './check-options.ts'
import { abortSignal, positiveNumber } from './option-kind.ts'

export const callOptionKinds: OptionKinds<CallOptions> = {
  signal: abortSignal,
  timeoutMs: positiveNumber('milliseconds'),
}

/** The options of a call that has none of its own, checked. */
export function checkedCallOptions(call: string, options: CallOptions | undefined): CallOptions | undefined {
  checkOptionsIfGiven(call, options, callOptionKinds)
  return options
}

import type { CallOptions } from '../abort.ts'
import type { OptionKinds } from './check-options.ts'
import { abortSignal, positiveNumber } from './option-kind.ts'

export const callOptionKinds: OptionKinds<CallOptions> = {
  signal: abortSignal,
  timeoutMs: positiveNumber('milliseconds'),
}

import { functionKind, type OptionKinds } from '@waypost/core/options'
import { type EndpointOptions, endpointOptionKinds } from './endpoint-options.ts'

export interface SnapshotOptions extends EndpointOptions {
  /** Told before each chunk is given how many bytes the store has sent with it, and how many it means to send after. */
  readonly onProgress?: ((sentBytes: number, remainingBytes: number) => void) | undefined
}

export const snapshotOptionKinds: OptionKinds<SnapshotOptions> = {
  ...endpointOptionKinds,
  onProgress: functionKind<NonNullable<SnapshotOptions['onProgress']>>(),
}

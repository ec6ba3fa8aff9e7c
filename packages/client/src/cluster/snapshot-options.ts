import { functionKind, type OptionKinds } from '@waypost/core/options'
import { type EndpointOptions, endpointOptionKinds } from './endpoint-options.ts'

export interface SnapshotOptions extends EndpointOptions {
  /** Called before each chunk with how many bytes the store has sent, this chunk included, and how many are to follow. */
  readonly onProgress?: ((sentBytes: number, remainingBytes: number) => void) | undefined
}

export const snapshotOptionKinds: OptionKinds<SnapshotOptions> = {
  ...endpointOptionKinds,
  onProgress: functionKind<NonNullable<SnapshotOptions['onProgress']>>(),
}

/** The leases' side of attaching keys, as far as the store needs it. */
export interface LeaseAttachments {
  attach(lease: bigint, key: string): void
  detach(lease: bigint, key: string): void
  /** Detaches the key as far as those are concerned who do not look before `releaseDetached`. */
  detachLater(lease: bigint, key: string): void
  releaseDetached(): void
}

import type { ClientCertificate } from '../request/request-facts.ts'

/** What is known of a client's connection: the same for all of its requests. */
export interface ClientConnection {
  /** The address of the other end, or the one that the PROXY protocol names. */
  readonly remoteAddress: string
  readonly isEncrypted: boolean
  /** Whether the other end may say in headers for whom it speaks. */
  readonly isTrusted: boolean
  readonly certificate: ClientCertificate | undefined
}

/** Who does something, and why. Waypost believes it: what a user of the store may write is for its roles to say. */
export interface Authorship {
  readonly author?: string | undefined
  /** The network address that it was asked from, for the audit: of use to those who act for others, as the hub does. */
  readonly address?: string | undefined
  readonly comment?: string | undefined
}

/** Who does something, and why. Waypost believes it: what a user of the store may write is for its roles to say. */
export interface Authorship {
  readonly author?: string | undefined
  readonly comment?: string | undefined
}

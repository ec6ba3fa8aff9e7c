/** Whom a token speaks for. */
export interface Identity {
  readonly user: string
  /** The auth store's revision when the token was made; undefined when the token is as good as the store is new. */
  readonly revision: bigint | undefined
}

/** Makes tokens for users who logged in, and recognises them again. */
export interface TokenProvider {
  /** @param logIndex the index of the log at this moment; @param revision the auth store's */
  issue(user: string, logIndex: number, revision: bigint): string | Promise<string>
  /** Undefined when the token is not, or no more, one that counts. */
  identityOf(token: string): Identity | undefined
  /** The logins of a user, or of all, hold no more. */
  revoke(user: string | undefined): void
}

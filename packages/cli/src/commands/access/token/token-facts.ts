/** What a hub tells of a token. */
export interface TokenFacts {
  readonly id: string
  readonly name: string
  readonly user: string
  readonly createdAt: string
  readonly expiresAt: string
  readonly createdFrom: string
  readonly lastUsedAt: string | undefined
}

export function readTokenFacts(answer: unknown): TokenFacts {
  const { id, name, user, createdAt, expiresAt, createdFrom, lastUsedAt } = Object(answer)
  return { id, name, user, createdAt, expiresAt, createdFrom, lastUsedAt }
}

/** What must hold of claims: each is one of the values, or holds one when it is a list. */
export type ClaimsSpec = Readonly<Record<string, ClaimValue | readonly ClaimValue[]>>

export type ClaimValue = string | number | boolean

/** What requests are counted by. */
export type CountBy = 'route' | 'client-address' | 'identity' | { readonly header: string }

export interface RateSpec {
  readonly limit: number
  readonly intervalMs?: number
  readonly burst?: number
  readonly by?: CountBy
  readonly shared?: boolean
}

export interface ConcurrencySpec {
  readonly max: number
  readonly by?: CountBy
  readonly queue?: number
  readonly queueMs?: number
}

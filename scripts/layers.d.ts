export interface Layer {
  readonly imports: readonly string[]
  readonly because: string
  readonly anywhere?: boolean
  readonly folders?: Readonly<Record<string, { readonly not: readonly string[]; readonly because: string }>>
}

export const layers: Record<string, Layer>

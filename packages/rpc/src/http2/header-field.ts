/** What a name means for the rules of RFC 9113, sections 8.2 and 8.3. Pseudo-header fields are bits of a set. */
export const FieldKind = {
  regular: 0,
  method: 1,
  scheme: 2,
  authority: 4,
  path: 8,
  status: 16,
  te: -1,
  contentLength: -2,
  forbidden: -3,
} as const

/** One name and value, judged once however often it is referred to. */
export class HeaderField {
  readonly name: string
  readonly value: string
  /** One of `FieldKind`. */
  readonly kind: number
  /** Whether the value holds what a field value must not. */
  readonly badValue: boolean

  constructor(name: string, value: string) {
    this.name = name
    this.value = value
    this.kind = kindOf(name)
    this.badValue = !valuePattern.test(value)
  }

  /** Source: RFC 7541, section 4.1. */
  get size(): number {
    return this.name.length + this.value.length + 32
  }
}

const namePattern = /^[!#$%&'*+.^_`|~\da-z-]+$/

/** No NUL, CR or LF, and no blank at either end: RFC 9113, section 8.2.1. */
const valuePattern = /^(?:[^\0\r\n \t](?:[^\0\r\n]*[^\0\r\n \t])?)?$/

const specialNames = new Map<string, number>([
  [':method', FieldKind.method],
  [':scheme', FieldKind.scheme],
  [':authority', FieldKind.authority],
  [':path', FieldKind.path],
  [':status', FieldKind.status],
  ['te', FieldKind.te],
  ['content-length', FieldKind.contentLength],
  ['connection', FieldKind.forbidden],
  ['keep-alive', FieldKind.forbidden],
  ['proxy-connection', FieldKind.forbidden],
  ['transfer-encoding', FieldKind.forbidden],
  ['upgrade', FieldKind.forbidden],
])

function kindOf(name: string): number {
  const special = specialNames.get(name)
  if (special !== undefined) return special
  return namePattern.test(name) ? FieldKind.regular : FieldKind.forbidden
}

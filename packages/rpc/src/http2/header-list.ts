import { FieldKind, type HeaderField } from './header-field.ts'

/** Fields by lower-case name, without a prototype; several of one name are joined. */
export type HeaderFields = Readonly<Record<string, string>>

/** What kind of message a list can begin or end: RFC 9113, section 8.3. */
export type HeaderListKind = 'request' | 'response' | 'trailers' | 'malformed'

const requestBits = FieldKind.method | FieldKind.scheme | FieldKind.path
const connectBits = FieldKind.method | FieldKind.authority

/** A decoded block of header fields. Lists are shared between the streams whose blocks had the same bytes. */
export class HeaderList {
  readonly fields: HeaderFields
  readonly kind: HeaderListKind
  /** What is wrong with a malformed one. */
  readonly problem: string
  /** There was more than the limit allows; what came after it is not in `fields`. */
  readonly tooLarge: boolean
  /** The declared length of the content, or -1. */
  readonly contentLength: number
  /** As RFC 9113 counts it: names, values and 32 bytes for each field. What came after the limit is not counted. */
  readonly size: number
  /** What the layer above made of the list, so that it need not do so again. */
  memo: object | undefined = undefined

  constructor(
    fields: HeaderFields,
    kind: HeaderListKind,
    problem: string,
    tooLarge: boolean,
    contentLength: number,
    size: number,
  ) {
    this.fields = fields
    this.kind = kind
    this.problem = problem
    this.tooLarge = tooLarge
    this.contentLength = contentLength
    this.size = size
  }
}

/** Collects the fields of one block and judges them. */
export class HeaderListBuilder {
  readonly #maxSize: number
  #fields: Record<string, string> = Object.create(null)
  #size = 0
  #pseudo = 0
  #sawRegular = false
  #problem = ''
  #contentLength = -1

  /** @param maxSize as RFC 9113 counts it for SETTINGS_MAX_HEADER_LIST_SIZE */
  constructor(maxSize: number) {
    this.#maxSize = maxSize
  }

  /** More came than the limit allows. */
  get isFull(): boolean {
    return this.#size > this.#maxSize
  }

  add(field: HeaderField): void {
    this.#size += field.size
    if (this.#size > this.#maxSize) return
    const { kind, name } = field
    if (kind === FieldKind.regular) this.#sawRegular = true
    else this.#judge(field)
    if (field.badValue) this.#problem ||= `the value of ${JSON.stringify(name)} holds what a field must not`
    const earlier = this.#fields[name]
    if (earlier === undefined) this.#fields[name] = field.value
    else this.#fields[name] = earlier + (name === 'cookie' ? '; ' : ', ') + field.value
  }

  build(): HeaderList {
    const kind = this.#kind()
    const isTooLarge = this.isFull
    const size = Math.min(this.#size, this.#maxSize)
    return new HeaderList(this.#fields, kind, this.#problem, isTooLarge, this.#contentLength, size)
  }

  #judge({ name, value, kind }: HeaderField): void {
    if (kind > 0) {
      if (this.#sawRegular) this.#problem ||= `${name} comes after a regular field`
      if ((this.#pseudo & kind) !== 0) this.#problem ||= `${name} comes twice`
      this.#pseudo |= kind
      return
    }
    this.#sawRegular = true
    if (kind === FieldKind.forbidden) this.#problem ||= `the field ${JSON.stringify(name)} is not allowed`
    else if (kind === FieldKind.te) {
      if (value !== 'trailers') this.#problem ||= 'te says more than trailers'
    } else if (!/^\d{1,15}$/.test(value) || (this.#contentLength >= 0 && this.#contentLength !== Number(value))) {
      this.#problem ||= 'content-length is not one number'
    } else {
      this.#contentLength = Number(value)
    }
  }

  #kind(): HeaderListKind {
    if (this.#problem !== '') return 'malformed'
    if (this.#pseudo === 0) return 'trailers'
    if (this.#pseudo === FieldKind.status) {
      if (/^\d{3}$/.test(this.#fields[':status'] ?? '')) return 'response'
      this.#problem = ':status is not a number of three digits'
      return 'malformed'
    }
    if (this.#fields[':method'] === 'CONNECT') {
      if (this.#pseudo === connectBits) return 'request'
    } else if ((this.#pseudo & ~FieldKind.authority) === requestBits && this.#fields[':path'] !== '') {
      return 'request'
    }
    this.#problem = 'the pseudo-header fields are those of neither a request nor a response'
    return 'malformed'
  }
}

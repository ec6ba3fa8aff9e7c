import type { Static, TSchema } from 'typebox'

/** One answer that an operation may give. */
export interface ResponseSpec {
  readonly description: string
  /** Absent: an answer without a body. */
  readonly schema?: TSchema | undefined
  /** Default `application/json`. Any other body is bytes, or an iterable of them. */
  readonly contentType?: string | undefined
  /** What bytes that are JSON say, for the documentation. */
  readonly download?: TSchema | undefined
}

export interface JsonResponse<Schema extends TSchema> extends ResponseSpec {
  readonly schema: Schema
  readonly contentType?: undefined
}

export interface EmptyResponse extends ResponseSpec {
  readonly schema?: undefined
  readonly contentType?: undefined
}

export interface BytesResponse extends ResponseSpec {
  readonly schema?: undefined
  readonly contentType: string
}

/** A body of JSON. */
export function json<Schema extends TSchema>(description: string, schema: Schema): JsonResponse<Schema> {
  return { description, schema }
}

/** No body. */
export function empty(description: string): EmptyResponse {
  return { description }
}

/** A body that is not JSON: a download, a page. */
export function bytes(description: string, contentType: string, download?: TSchema): BytesResponse {
  return { description, contentType, download }
}

export type ResponseSpecs = Readonly<Record<number, ResponseSpec>>

/**
 * What becomes JSON of this type: lists may be read-only, and a field that may be absent may be `undefined`, which JSON
 * leaves out.
 */
export type Sendable<Json> = Json extends readonly (infer Item)[]
  ? readonly Sendable<Item>[]
  : Json extends object
    ? {
        readonly [Name in keyof Json]: Record<never, never> extends Pick<Json, Name>
          ? Sendable<Json[Name]> | undefined
          : Sendable<Json[Name]>
      }
    : Json

export type BodyBytes = string | Uint8Array | AsyncIterable<Uint8Array>

export type BodyOf<Spec extends ResponseSpec> =
  Spec extends JsonResponse<infer Schema>
    ? Sendable<Static<Schema>>
    : Spec extends BytesResponse
      ? BodyBytes
      : undefined

type Bodied<Body> = undefined extends Body ? { readonly body?: Body } : { readonly body: Body }

/** What a handler returns: one of the answers that the operation names. */
export type ResultOf<Specs extends ResponseSpecs> = {
  [Status in keyof Specs & number]: {
    readonly status: Status
    readonly headers?: Readonly<Record<string, string>> | undefined
  } & Bodied<BodyOf<Specs[Status]>>
}[keyof Specs & number]

/** The same without its types. */
export interface OperationResult {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: unknown
}

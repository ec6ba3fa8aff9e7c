/** A key: text, written as UTF-8, or bytes as they are. */
export type Key = string | Uint8Array

/** A 64-bit integer: a revision, a version, a lease id. A number must be a safe integer. */
export type Int64 = bigint | number

/** Which keys an operation is about. */
export type RangeSelector =
  /** One key. */
  | { readonly key: Key }
  /** Every key that starts with it. */
  | { readonly prefix: Key }
  /** The keys from `from` up to, and without, `to`; without `to`, every key from `from` on. */
  | { readonly from: Key; readonly to?: Key | undefined }
  /** Every key. */
  | { readonly all: true }

/** What the gateway answers itself. */
export interface Answer {
  readonly status: number
  /** A stable code for programs, metrics and the access log, for example `token-expired`. Needed for status 400 and more. */
  readonly code?: string | undefined
  /** One sentence for the client, without secrets. */
  readonly detail?: string | undefined
  /** Names in lower case, for example `www-authenticate` and `retry-after`. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>> | undefined
  /** Sent as it is; its type is in `headers`. Without it an error is a problem document with `code` and `detail`. */
  readonly body?: Uint8Array | string | undefined
}

/** A request that the hub refused or could not answer: the problem document (RFC 9457) that it sent. */
export class ApiError extends Error {
  /** One of Waypost's stable codes; `network` when no answer came at all. */
  readonly code: string
  readonly status: number
  readonly requestId: string | undefined
  /** The fields of the problem beyond the standard ones. */
  readonly details: Readonly<Record<string, unknown>>

  constructor(
    message: string,
    options: { code: string; status: number; requestId?: string; details?: Record<string, unknown> },
  ) {
    super(message)
    this.name = 'ApiError'
    this.code = options.code
    this.status = options.status
    this.requestId = options.requestId
    this.details = options.details ?? {}
  }
}

/** Reads what came back with a status of 400 or more; any body will do, also that of a proxy in between. */
export async function errorOf(response: Response): Promise<ApiError> {
  const text = await response.text()
  const problem = parseObject(text)
  const { detail, title, code, requestId, ...rest } = problem ?? {}
  const message = firstText(detail, title) ?? `${response.status} ${response.statusText}`.trim()
  return new ApiError(message, {
    code: firstText(code) ?? codeOfStatus(response.status),
    status: response.status,
    details: rest,
    ...(typeof requestId === 'string' ? { requestId } : {}),
  })
}

function firstText(...values: readonly unknown[]): string | undefined {
  return values.find((value) => typeof value === 'string' && value !== '') as string | undefined
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function codeOfStatus(status: number): string {
  if (status === 401) return 'unauthenticated'
  if (status === 403) return 'permission-denied'
  if (status === 404) return 'not-found'
  return status >= 500 ? 'unavailable' : 'invalid-argument'
}

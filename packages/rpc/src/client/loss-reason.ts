/** The words of whatever ended a socket; undefined when it has none. */
export function reasonOf(error: unknown): string | undefined {
  // Several addresses were tried, and node's own message is empty.
  if (error instanceof AggregateError) {
    const reasons = error.errors.map(reasonOf).filter((reason) => reason !== undefined)
    return reasons.length > 0 ? reasons.join('; ') : undefined
  }
  // OpenSSL's message names its source files.
  if (error instanceof Error && 'reason' in error && typeof error.reason === 'string') return error.reason
  if (error instanceof Error) return error.message || undefined
  return undefined
}

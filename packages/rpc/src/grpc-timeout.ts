const unitMs: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 }

/** The value may have at most eight digits. */
const maxValue = 99_999_999

/** Writes a `grpc-timeout` header. Rounds up, so that the server does not give up before the client. */
export function formatTimeout(timeoutMs: number): string {
  const ms = Math.ceil(timeoutMs)
  if (ms <= maxValue) return `${ms}m`
  const seconds = Math.ceil(timeoutMs / 1000)
  if (seconds <= maxValue) return `${seconds}S`
  return `${Math.min(maxValue, Math.ceil(timeoutMs / 3_600_000))}H`
}

/** Reads a `grpc-timeout` header into milliseconds; undefined when it is malformed. */
export function parseTimeout(text: string): number | undefined {
  if (!/^\d{1,8}[HMSmun]$/.test(text)) return undefined
  const unit = unitMs[text.charAt(text.length - 1)]
  return unit === undefined ? undefined : Number(text.slice(0, -1)) * unit
}

/** A length of time below an hour as Go prints it: `4.35ms`, `1.5s`, `2m1.5s`. */
export function goDuration(ms: number): string {
  if (ms < 1_000) return `${trimmed(ms.toFixed(6))}ms`
  const minutes = Math.floor(ms / 60_000)
  const seconds = `${trimmed(((ms - minutes * 60_000) / 1_000).toFixed(9))}s`
  return minutes === 0 ? seconds : `${minutes}m${seconds}`
}

function trimmed(decimal: string): string {
  return decimal.replace(/\.?0+$/, '')
}

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB']

/** A size for people, in powers of 1000 and at most three characters of digits: `20 kB`, `1.5 MB`. */
export function byteCount(bytes: bigint | number): string {
  const size = Number(bytes)
  if (size < 10) return `${size} B`
  const power = Math.min(Math.floor(Math.log(size) / Math.log(1000)), units.length - 1)
  const scaled = Math.floor((size / 1000 ** power) * 10 + 0.5) / 10
  return `${scaled < 10 ? scaled.toFixed(1) : roundHalfToEven(scaled)} ${units[power]}`
}

/** As C and Go print `%.0f`; `toFixed` would turn 20.5 into 21. */
function roundHalfToEven(value: number): number {
  const floor = Math.floor(value)
  return value - floor === 0.5 ? floor + (floor % 2) : Math.round(value)
}

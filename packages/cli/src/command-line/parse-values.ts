import { InvalidArgumentError } from 'commander'

const int64Max = 2n ** 63n - 1n

/** A whole number of 64 bits, as revisions and limits are. */
export function parseInt64(text: string): bigint {
  if (!/^[+-]?\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return bounded(BigInt(text.replace('+', '')))
}

/** A lease id in hexadecimal, as `lease grant` prints it. */
export function parseLeaseId(text: string): bigint {
  const [, sign, digits] = /^([+-]?)([0-9a-f]+)$/i.exec(text) ?? []
  if (digits === undefined) {
    throw new InvalidArgumentError('A lease id is hexadecimal, as `waypost lease grant` prints it.')
  }
  const id = BigInt(`0x${digits}`)
  return bounded(sign === '-' ? -id : id)
}

/** A member's id in hexadecimal, as `member list` prints it. */
export function parseMemberId(text: string): bigint {
  if (!/^[0-9a-f]{1,16}$/i.test(text)) {
    throw new InvalidArgumentError('A member id is hexadecimal, as `waypost member list` prints it.')
  }
  return BigInt(`0x${text}`)
}

export function parseUrls(text: string): string[] {
  const urls = text.split(',').map((url) => url.trim())
  if (urls.includes('')) throw new InvalidArgumentError('Write addresses, separated by commas.')
  return urls
}

const unitMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** A length of time such as `500ms`, `5s`, `2m` or `1m30s`, in milliseconds; a bare number means seconds. */
export function parseDurationMs(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return positive(Number(text) * 1000)
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) {
    throw new InvalidArgumentError('A length of time is written like 500ms, 5s or 2m.')
  }
  let total = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    total += Number(amount) * (unitMs[unit ?? ''] ?? 0)
  }
  return positive(total)
}

export function parsePort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('A port is a number from 0 to 65535.')
  return port
}

/** A share of a hundred, fractions included. */
export function parsePercent(text: string): number {
  const value = parseNumber(text)
  if (value < 0 || value > 100) throw new InvalidArgumentError('It must be from 0 to 100.')
  return value
}

export function parseNumber(text: string): number {
  if (!/^[+-]?\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError('It must be a number.')
  return Number(text)
}

export function parsePositive(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < 1 || !Number.isSafeInteger(value)) {
    throw new InvalidArgumentError('It must be a whole number above 0.')
  }
  return value
}

/** `--option` alone means true. */
export function parseBoolean(text: string | boolean): boolean {
  if (text === true || text === 'true') return true
  if (text === false || text === 'false') return false
  throw new InvalidArgumentError('It is true or false.')
}

export function parseLimit(text: string): number {
  return text === '0' ? 0 : parsePositive(text)
}

export function parseWeight(text: string): number {
  const weight = Number(text)
  if (text === '' || !Number.isFinite(weight) || weight < 0) {
    throw new InvalidArgumentError('A weight is a number, 0 or above.')
  }
  return weight
}

function bounded(value: bigint): bigint {
  if (value > int64Max || value < -int64Max - 1n) throw new InvalidArgumentError('It does not fit into 64 bits.')
  return value
}

function positive(durationMs: number): number {
  if (durationMs <= 0) throw new InvalidArgumentError('It must be longer than 0.')
  return Math.ceil(durationMs)
}

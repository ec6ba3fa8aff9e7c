import { InvalidArgumentError } from 'commander'

/** A revision, or a time in ISO 8601. */
export function parseMoment(text: string): { readonly revision: bigint } | { readonly time: Date } {
  if (/^\d{1,19}$/.test(text)) return { revision: BigInt(text) }
  const time = new Date(text)
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(time.getTime())) return { time }
  throw new InvalidArgumentError('It must be a revision, or a time such as 2026-12-01T03:00:00Z.')
}

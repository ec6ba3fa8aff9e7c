/** Where the load writes; nobody else writes to the store. */
export const prefix = '/faults/'
export const leasePrefix = `${prefix}lease/`
export const counterPrefix = `${prefix}counter/`
export const markerKey = `${prefix}marker`

/** A counter's value: how often it was raised, and by whom last. */
export function counterValue(count: number, token: string): string {
  return `${count} ${token}`
}

/** The token of a write, from what it wrote. */
export function tokenOf(key: string, value: string): string {
  return key.startsWith(counterPrefix) ? value.slice(value.indexOf(' ') + 1) : value
}

export function countOf(value: string | undefined): number {
  return value === undefined ? 0 : Number.parseInt(value, 10)
}

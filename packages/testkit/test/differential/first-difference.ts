import { inspect, isDeepStrictEqual } from 'node:util'

/** Where two values first differ, in words, or undefined when they are the same. */
export function firstDifference(a: unknown, b: unknown, names: readonly [string, string]): string | undefined {
  if (isDeepStrictEqual(a, b)) return undefined
  const path: string[] = []
  let left = a
  let right = b
  for (;;) {
    const step = isBranch(left) && isBranch(right) ? differingMember(left, right) : undefined
    if (step === undefined) break
    path.push(step)
    left = isBranch(left) ? left[step] : undefined
    right = isBranch(right) ? right[step] : undefined
  }
  const show = (value: unknown): string =>
    inspect(value, { depth: 6, breakLength: 120, maxArrayLength: 10, maxStringLength: 80 })
  return `${path.length > 0 ? `at ${path.join('.')}\n` : ''}--- ${names[0]}\n${show(left)}\n--- ${names[1]}\n${show(right)}`
}

function isBranch(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function differingMember(a: Record<string, unknown>, b: Record<string, unknown>): string | undefined {
  const members = new Set([...Object.keys(a), ...Object.keys(b)])
  for (const member of members) if (!isDeepStrictEqual(a[member], b[member])) return member
  return undefined
}

/** The permission that the user lacks for a range of keys, in words; `undefined` when they have it. */
export function useLacks(_access: 'read' | 'write', _prefix: string): string | undefined {
  return undefined
}

const units: readonly (readonly [name: string, ms: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
]

/** How long ago something was, in its largest whole unit: `12 d`, `3 h`, `5 min`, `8 s`. */
export function age(ms: number): string {
  const [name, unitMs] = units.find(([, each]) => ms >= each) ?? ['s', 1_000]
  return `${Math.max(0, Math.floor(ms / unitMs))} ${name}`
}

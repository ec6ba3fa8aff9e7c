import type { Entry } from '../match/entry.ts'
import { compareClaims } from '../match/rank.ts'

/** Two routes that take the same requests, and only their names say which of them gets those. */
export interface Ambiguity {
  readonly winner: string
  readonly loser: string
  readonly host: string
  /** Whether they take exactly the same requests: the loser then never gets any. */
  readonly isTotal: boolean
}

/** More are not reported. */
const maxAmbiguities = 50

/** The most routes of one path that are all compared with each other; of more, only the neighbours. */
const maxCompared = 64

/**
 * Finds routes whose order is an accident of their names. Routes are compared when they have the same host, priority
 * and path; that two different paths meet is not seen when one is a regular expression.
 */
export function* findAmbiguities(entries: readonly Entry[]): Generator<void, readonly Ambiguity[]> {
  const groups = new Map<string, Entry[]>()
  for (const entry of entries) {
    const { host, conditions } = entry
    const id = `${host} ${conditions.priority} ${conditions.path.id}`
    const group = groups.get(id)
    if (group) group.push(entry)
    else groups.set(id, [entry])
    yield
  }
  const found: Ambiguity[] = []
  for (const group of groups.values()) {
    if (group.length > 1) yield* compareAll(group, found)
    if (found.length >= maxAmbiguities) break
  }
  return found.slice(0, maxAmbiguities)
}

function* compareAll(group: readonly Entry[], found: Ambiguity[]): Generator<void, void> {
  for (const [index, a] of group.entries()) {
    yield
    for (const b of group.slice(index + 1, index + maxCompared)) {
      if (compareClaims(a, b) !== 0 || areApart(a, b)) continue
      const [winner, loser] = a.route.name < b.route.name ? [a, b] : [b, a]
      found.push({
        winner: winner.route.name,
        loser: loser.route.name,
        host: a.host,
        isTotal: idOf(a) === idOf(b),
      })
      if (found.length >= maxAmbiguities) return
    }
  }
}

/** Whether no request can fit both: their methods differ, or they want different exact values in one place. */
function areApart({ conditions: a }: Entry, { conditions: b }: Entry): boolean {
  const { methods } = a
  if (methods && b.methods && [...b.methods].every((method) => !methods.has(method))) return true
  const apart = (ours: typeof a.headers, theirs: typeof a.headers): boolean =>
    ours.some(({ name, text, test }) =>
      theirs.some((other) => {
        if (other.name !== name) return false
        const [mine, yours] = [exactOf(text), exactOf(other.text)]
        return (mine !== undefined && !other.test(mine)) || (yours !== undefined && !test(yours))
      }),
    )
  return apart(a.headers, b.headers) || apart(a.query, b.query)
}

function exactOf(text: string): string | undefined {
  return text.startsWith('"') ? String(JSON.parse(text)) : undefined
}

function idOf({ conditions: { methods, headers, query } }: Entry): string {
  const rules = (list: typeof headers): string[] => list.map(({ name, text }) => `${name} ${text}`).sort()
  return JSON.stringify([methods ? [...methods].sort() : null, rules(headers), rules(query)])
}

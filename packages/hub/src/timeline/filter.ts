import { invalidArgument, quoted } from '@waypost/core'
import { eventKinds, type TimelineEvent } from './event.ts'

/** Which events somebody wants to see. What is left out does not matter; what is given must fit. */
export interface EventFilter {
  /** Patterns such as `instance.down`, `release.*` and `*`; one must fit. */
  readonly kinds?: readonly string[] | undefined
  readonly service?: string | undefined
  readonly instance?: string | undefined
  /** A document, or a folder with its slash at the end. */
  readonly path?: string | undefined
  /** An election, schedule, queue, canary or process. */
  readonly name?: string | undefined
  readonly by?: string | undefined
}

/** A filter that is ready to use. */
export interface EventMatcher {
  matches(event: TimelineEvent): boolean
  /** False only when an event on this line of a chunk cannot match: then it need not be parsed. */
  mayMatch(line: string): boolean
}

/** Throws `invalid-argument` for a pattern that no kind of event fits. */
export function matcherOf(filter: EventFilter): EventMatcher {
  const { service, instance, path, name, by } = filter
  const kinds = filter.kinds === undefined || filter.kinds.length === 0 ? undefined : kindsOf(filter.kinds)
  const needles = [
    ...Object.entries({ service, instance, name, by }),
    ...(path === undefined || path.endsWith('/') ? [] : [['path', path] as const]),
  ].flatMap(([field, value]) => (value === undefined ? [] : [`"${field}":${JSON.stringify(value)}`]))
  return {
    matches: (event) =>
      (kinds === undefined || kinds.has(event.kind)) &&
      (service === undefined || event.service === service) &&
      (instance === undefined || event.instance === instance) &&
      (name === undefined || event.name === name) &&
      (by === undefined || event.by === by) &&
      (path === undefined || isAbout(event.path, path)),
    mayMatch: (line) => needles.every((needle) => line.includes(needle)),
  }
}

/** The kinds that fit one of the patterns: a kind, `<concern>.*` or `*`. */
export function kindsOf(patterns: readonly string[]): ReadonlySet<string> {
  const known = Object.keys(eventKinds)
  const kinds = new Set<string>()
  for (const pattern of patterns) {
    const found = known.filter((kind) => fits(kind, pattern))
    if (found.length === 0) {
      throw invalidArgument(
        `${quoted(pattern)} is not a kind of event. Write a kind such as "instance.down", a pattern such as "release.*", or "*".`,
      )
    }
    for (const kind of found) kinds.add(kind)
  }
  return kinds
}

function fits(kind: string, pattern: string): boolean {
  if (pattern === '*' || pattern === kind) return true
  return pattern.endsWith('.*') && kind.startsWith(pattern.slice(0, -1))
}

function isAbout(path: string | undefined, wanted: string): boolean {
  if (path === undefined) return false
  return wanted.endsWith('/') ? path.startsWith(wanted) : path === wanted
}

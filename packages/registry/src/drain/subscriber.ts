import { textProblem } from '../record/bounds.ts'

/** What a process has seen of a service: everything up to these revisions of the store. */
export interface Seen {
  readonly instances: bigint
  readonly overrides: bigint
}

/** A process that follows a service, as its leased record under `/waypost/services/subscribers/` says. */
export interface Subscriber {
  /** Unique to the run of the process: the last part of the key. */
  readonly process: string
  /** The stable name of its instance. */
  readonly instance: string | undefined
  readonly host: string | undefined
  readonly pid: number | undefined
  readonly app: string | undefined
  readonly since: string | undefined
  readonly seen: Seen
}

/** The record's text. Revisions are plain digits: they are integers of 64 bits to who can read such. */
export function formatSubscriber(subscriber: Subscriber): string {
  const { seen, ...rest } = subscriber
  const text = JSON.stringify(rest)
  return `${text.slice(0, -1)},"seen":{"instances":${seen.instances},"overrides":${seen.overrides}}}`
}

/** Reads a record tolerantly: what cannot be read is absent, and then nothing counts as seen. */
export function readSubscriber(key: string, text: string): Subscriber {
  const record = parse(text)
  const seen = asObject(record.seen)
  return {
    process: key.slice(key.lastIndexOf('/') + 1),
    instance: asText(record.instance),
    host: asText(record.host),
    pid: typeof record.pid === 'number' ? record.pid : undefined,
    app: asText(record.app),
    since: asText(record.since),
    seen: { instances: asRevision(seen.instances), overrides: asRevision(seen.overrides) },
  }
}

function asText(value: unknown): string | undefined {
  return textProblem('text', value) === undefined && typeof value === 'string' ? value : undefined
}

function asRevision(value: unknown): bigint {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? BigInt(value) : 0n
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return asObject(JSON.parse(text))
  } catch {
    return {}
  }
}

import { abortable, messageOf, WaypostError } from '@waypost/core'
import type { Liquid, Template as Parsed } from 'liquidjs'
import type { Variables } from '../identity.ts'
import type { TemplateSource } from './template-source.ts'

export interface TemplateOptions {
  /** What `{{ env.NAME }}` gives. Default: the environment of this process. */
  readonly env?: Variables | undefined
  /** How long one rendering may take, in milliseconds, the waiting for the store included. Default 10,000. */
  readonly timeoutMs?: number | undefined
}

/** In characters. */
const maxTemplateLength = 1_000_000

/** About what a rendering may hold in memory, in characters and list items. */
const maxRenderedSize = 50_000_000

const defaultTimeoutMs = 10_000

/**
 * A template in Liquid. It can read what its sources give and the environment, and nothing else: no code, no files. A
 * name that is not there is an error, unless it is asked about with `if` or followed by `default`.
 */
export class Template {
  readonly #name: string
  readonly #engine: Liquid
  readonly #parsed: readonly Parsed[]
  readonly #env: Variables
  readonly #timeoutMs: number
  readonly #signal: { current: AbortSignal }

  private constructor(
    name: string,
    engine: Liquid,
    parsed: readonly Parsed[],
    signal: { current: AbortSignal },
    { env = process.env, timeoutMs = defaultTimeoutMs }: TemplateOptions,
  ) {
    this.#name = name
    this.#engine = engine
    this.#parsed = parsed
    this.#signal = signal
    this.#env = { ...env }
    this.#timeoutMs = timeoutMs
  }

  /** Throws `invalid-argument` with line and column for a text that is no template. `name` stands in messages. */
  static async parse(
    name: string,
    text: string,
    sources: readonly TemplateSource[],
    options: TemplateOptions = {},
  ): Promise<Template> {
    // Only who renders pays for the engine.
    const { Liquid: Engine } = await import('liquidjs')
    const engine = new Engine({
      ownPropertyOnly: true,
      strictFilters: true,
      strictVariables: true,
      lenientIf: true,
      parseLimit: maxTemplateLength,
      memoryLimit: maxRenderedSize,
      // With these, and none, partial templates are not looked for in files.
      templates: {},
    })
    const signal = { current: AbortSignal.abort() }
    for (const [filter, give] of sources.flatMap(({ filters }) => Object.entries(filters))) {
      engine.registerFilter(filter, (subject: unknown, ...args: readonly unknown[]) =>
        abortable(give(subjectOf(filter, subject), optionsOf(filter, args), signal.current), signal.current),
      )
    }
    try {
      return new Template(name, engine, engine.parse(text), signal, options)
    } catch (error) {
      throw templateError(name, error)
    }
  }

  /** The text as of now. One rendering at a time. */
  async render(signal?: AbortSignal): Promise<string> {
    const deadline = AbortSignal.timeout(this.#timeoutMs)
    this.#signal.current = signal ? AbortSignal.any([signal, deadline]) : deadline
    try {
      const scope = { env: this.#env }
      const rendered: unknown = await this.#engine.render([...this.#parsed], scope, { renderLimit: this.#timeoutMs })
      return String(rendered)
    } catch (error) {
      if (deadline.aborted && !signal?.aborted) {
        const seconds = this.#timeoutMs / 1000
        throw new WaypostError('deadline-exceeded', `${this.#name} could not be rendered within ${seconds} s.`, {
          cause: error,
        })
      }
      throw templateError(this.#name, error)
    }
  }
}

function subjectOf(filter: string, subject: unknown): string {
  if (typeof subject === 'string') return subject
  throw new WaypostError('invalid-argument', `${filter} wants a text before it: {{ 'name' | ${filter} }}.`)
}

/** Named arguments come as pairs. */
function optionsOf(filter: string, args: readonly unknown[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    args.map((arg) => {
      if (Array.isArray(arg) && typeof arg[0] === 'string') return [arg[0], String(arg[1])]
      throw new WaypostError('invalid-argument', `${filter} takes named options only: ${filter}: name: 'value'.`)
    }),
  )
}

/** Liquid's errors have the place at the end of the message, and what was thrown within them. */
function templateError(name: string, error: unknown): WaypostError {
  const within: unknown = error instanceof Error && 'originalError' in error ? error.originalError : undefined
  const inner = WaypostError.is(within) ? within : WaypostError.is(error) ? error : undefined
  const [, line, column] = /, line:(\d+), col:(\d+)/.exec(messageOf(error)) ?? []
  const place = line === undefined ? name : `${name}:${line}:${column}`
  const reason = inner?.message ?? messageOf(error).replace(/, (file:.*, )?line:\d+, col:\d+/, '')
  return new WaypostError(inner?.code ?? 'invalid-argument', `${place}: ${reason}`, { cause: inner ?? error })
}

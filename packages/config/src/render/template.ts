import { abortable, anySignal, messageOf, WaypostError } from '@waypost/core'
import { anything, checkOptions, type OptionKinds, positiveNumber } from '@waypost/core/options'
import type { Variables } from '../identity.ts'
import type { TemplateFilter, TemplateSource } from './template-source.ts'
import { runTemplate, TemplateFailure } from './template-thread.ts'

export interface TemplateOptions {
  /** What `{{ env.NAME }}` stands for. Default: the environment of this process. */
  readonly env?: Variables | undefined
  /** How long one rendering may take, in milliseconds, the waiting for the store included. Default 10,000. */
  readonly timeoutMs?: number | undefined
}

const templateOptionKinds: OptionKinds<TemplateOptions> = { env: anything(), timeoutMs: positiveNumber('milliseconds') }

const defaultTimeoutMs = 10_000

/**
 * A template in Liquid. It can read what its sources give and the environment, and nothing else: no code, no files. A
 * name that is not there is an error, unless it is asked about with `if` or followed by `default`. Each rendering is a
 * thread of its own, which is ended when the time is up.
 */
export class Template {
  readonly #name: string
  readonly #text: string
  readonly #filters: ReadonlyMap<string, TemplateFilter>
  readonly #env: Variables
  readonly #timeoutMs: number

  private constructor(
    name: string,
    text: string,
    sources: readonly TemplateSource[],
    { env = process.env, timeoutMs = defaultTimeoutMs }: TemplateOptions,
  ) {
    this.#name = name
    this.#text = text
    this.#filters = new Map(sources.flatMap(({ filters }) => Object.entries(filters)))
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
    checkOptions('Template.parse', options, templateOptionKinds)
    const template = new Template(name, text, sources, options)
    await template.#run(undefined, undefined)
    return template
  }

  /** The text as of now. */
  render(signal?: AbortSignal): Promise<string> {
    return this.#run(this.#env, signal)
  }

  async #run(env: Variables | undefined, signal: AbortSignal | undefined): Promise<string> {
    const deadline = AbortSignal.timeout(this.#timeoutMs)
    const end = signal ? anySignal([signal, deadline]) : deadline
    const task = { text: this.#text, filters: [...this.#filters.keys()], env }
    try {
      return await runTemplate(task, (filter, subject, args) => this.#apply(filter, subject, args, end), end)
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

  async #apply(name: string, subject: unknown, args: readonly unknown[], signal: AbortSignal): Promise<unknown> {
    const filter = this.#filters.get(name)
    if (filter === undefined) throw new WaypostError('internal', `The filter ${name} was removed.`)
    return abortable(filter(subjectOf(name, subject), optionsOf(name, args), signal), signal)
  }
}

function subjectOf(filter: string, subject: unknown): string {
  if (typeof subject === 'string') return subject
  throw new WaypostError('invalid-argument', `${filter} needs a text before it: {{ 'name' | ${filter} }}.`)
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

/** Liquid's errors have the place at the end of the message. */
function templateError(name: string, error: unknown): WaypostError {
  const cause = error instanceof TemplateFailure ? error.cause : error
  const inner = WaypostError.is(cause) ? cause : undefined
  const [, line, column] = /, line:(\d+), col:(\d+)/.exec(messageOf(error)) ?? []
  const place = line === undefined ? name : `${name}:${line}:${column}`
  const reason = inner?.message ?? messageOf(error).replace(/, (file:.*, )?line:\d+, col:\d+/, '')
  return new WaypostError(inner?.code ?? 'invalid-argument', `${place}: ${reason}`, { cause: inner ?? error })
}

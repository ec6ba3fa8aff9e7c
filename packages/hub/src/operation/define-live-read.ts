import Type, { type TObject, type TProperties, type TSchema } from 'typebox'
import { InputChecker } from './check-input.ts'
import type { CheckedInput, OperationInput } from './input.ts'
import type { LiveSource } from './live-source.ts'
import type { Operation, OperationFacts } from './operation.ts'
import type { OperationContext } from './operation-context.ts'
import { empty, json } from './responses.ts'
import { digits, duration, object, timestamp } from './schemas.ts'

/** What every live read takes besides its own parameters. */
const waitSchema = object({
  wait: Type.Optional(
    duration('How long to wait for a state newer than `since`, else than `If-None-Match`; `5m` at most.'),
  ),
  since: Type.Optional(digits('The revision of the state that the caller has.')),
  watch: Type.Optional(
    Type.Boolean({ description: 'Answer with a stream of events, as with `Accept: text/event-stream`.' }),
  ),
})

export interface LiveReadDefinition<Params extends TObject, Query extends TObject>
  extends Omit<OperationFacts, 'method' | 'bodyLimitBytes' | 'timeoutMs'> {
  readonly params?: Params | undefined
  /** Its own parameters; those for waiting and following are added. */
  readonly query?: Query | undefined
  /** The fields of the state; `revision` and `staleSince` are added. */
  readonly state: TProperties
  /** The `data` of an event `change`. */
  readonly change: TSchema
  /** Opens what is followed. It is shared by all who ask the same with the same login, and closed after the last. */
  follow(context: OperationContext, input: CheckedInput<Params, Query, TSchema>): Promise<LiveSource>
}

/**
 * Defines a read whose answer can change. It is answered in three ways, all from one copy:
 *
 * - at once, with an `ETag`; with status 304 when the caller has that state;
 * - with `wait` and `since`: as soon as there is a newer state, or when the time is over;
 * - as server-sent events: first `snapshot` or, with `Last-Event-ID`, what was missed; then `change` after `change`.
 */
export function defineLiveRead<Params extends TObject, Query extends TObject>(
  definition: LiveReadDefinition<Params, Query>,
): Operation {
  const { params, query, state, change, follow, ...facts } = definition
  const schema = object({ ...query?.properties, ...waitSchema.properties })
  const checker = new InputChecker({ params, query: schema, body: undefined })
  const own = new InputChecker<Params, Query, TSchema>({ params, query, body: undefined })
  const live = {
    change,
    check: (input: OperationInput) => {
      const { wait, since, watch, ...rest } = checker.check(input).query
      const ownInput = { params: input.params, query: rest, body: undefined }
      return {
        key: JSON.stringify([facts.id, ownInput.params, Object.entries(rest).sort()]),
        wait: { wait, since, watch },
        follow: async (context: OperationContext) => await follow(context, own.check(ownInput)),
      }
    },
  }
  return {
    ...facts,
    method: 'GET',
    params,
    query: schema,
    body: undefined,
    responses: {
      200: json(
        'The state.',
        object({ revision: digits('The revision of this state.'), staleSince: Type.Optional(timestamp), ...state }),
      ),
      304: empty('The caller has this state already.'),
    },
    live,
    run: async (context, input) => {
      const { key, follow: open } = live.check(input)
      const { view, release } = await context.caller.views.use(key, () => open(context))
      try {
        const body: unknown = JSON.parse(view.body().bytes.toString())
        return { status: 200, body }
      } finally {
        release()
      }
    },
  }
}

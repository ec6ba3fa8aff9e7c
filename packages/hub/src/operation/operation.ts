import type { WaypostErrorCode } from '@waypost/core'
import type { TObject, TSchema } from 'typebox'
import { InputChecker } from './check-input.ts'
import type { CheckedInput, OperationInput, OperationSchemas } from './input.ts'
import type { LiveSource } from './live-source.ts'
import type { OperationContext } from './operation-context.ts'
import type { OperationPermission } from './permission.ts'
import type { OperationResult, ResponseSpecs, ResultOf } from './responses.ts'

export type Method = 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE'

/** The chapters of the API, in the order of the documentation. */
export type Tag =
  | 'Names'
  | 'Configuration'
  | 'Coordination'
  | 'Keys'
  | 'Cluster'
  | 'Access'
  | 'Audit'
  | 'Timeline'
  | 'Discovery'
  | 'Gateways'
  | 'Hub'

/** Values that make the operation succeed: shown in the documentation, and used by the test of every operation. */
export interface OperationExample {
  readonly params?: Readonly<Record<string, string>> | undefined
  readonly query?: Readonly<Record<string, string>> | undefined
  readonly body?: unknown
}

/** What every definition says, whatever its types. */
export interface OperationFacts {
  /** `<concern>.<verb>`, such as `names.register`: the operationId of OpenAPI, and the name of a tool. */
  readonly id: string
  readonly method: Method
  /** `/v1/…`, with parameters in braces. */
  readonly path: string
  readonly tag: Tag
  /** One line, as an imperative without a full stop: "List the instances of a service". */
  readonly summary: string
  /** Markdown. What it does that the summary does not say. */
  readonly description?: string | undefined
  readonly permission: OperationPermission
  /** The codes of the errors that are particular to it. */
  readonly problems?: readonly WaypostErrorCode[] | undefined
  readonly example?: OperationExample | undefined
  /** The largest body that is accepted, in bytes. Default 1 MiB. */
  readonly bodyLimitBytes?: number | undefined
  /** The deadline of the handler in milliseconds. Default 30,000; 0 for none. */
  readonly timeoutMs?: number | undefined
}

export interface OperationDefinition<
  Params extends TObject,
  Query extends TObject,
  Body extends TSchema,
  Responses extends ResponseSpecs,
> extends OperationFacts,
    OperationSchemas<Params, Query, Body> {
  readonly responses: Responses
  /** Runs with the caller's rights. What it throws as a `WaypostError` becomes a problem document. */
  handler(
    context: OperationContext,
    input: CheckedInput<Params, Query, Body>,
  ): ResultOf<NoInfer<Responses>> | Promise<ResultOf<NoInfer<Responses>>>
}

/** An operation as the HTTP server, the documentation and the tests see it. */
export interface Operation extends OperationFacts {
  readonly params: TObject | undefined
  readonly query: TObject | undefined
  readonly body: TSchema | undefined
  readonly responses: ResponseSpecs
  /** Checks the input, and runs the handler. Throws `invalid-argument` with `details.errors`. */
  run(context: OperationContext, input: OperationInput): Promise<OperationResult>
  /** For reads that can be waited for and followed. */
  readonly live?: LiveRead | undefined
}

/** How the caller of a live read wants to be answered. */
export interface WaitInput {
  readonly wait?: string | undefined
  readonly since?: string | undefined
  readonly watch?: boolean | undefined
}

/** A question that was checked. */
export interface LiveQuestion {
  /** Who asks with the same key and the same login shares one copy. */
  readonly key: string
  readonly wait: WaitInput
  follow(context: OperationContext): Promise<LiveSource>
}

/** What makes an operation a live read: see `defineLiveRead`. */
export interface LiveRead {
  /** The schema of the `data` of an event `change`. */
  readonly change: TSchema
  /** Throws as `run` does. */
  check(input: OperationInput): LiveQuestion
}

/**
 * Defines an operation. The route, the checks of its input, its OpenAPI document, its page and its tests are made of it.
 *
 * ```txt
 * const greet = defineOperation({
 *   id: 'hub.greet',
 *   method: 'GET',
 *   path: '/v1/greetings/{name}',
 *   tag: 'Hub',
 *   summary: 'Greet somebody',
 *   permission: 'user',
 *   params: object({ name: Type.String({ description: 'Whom.' }) }),
 *   responses: { 200: json('The greeting.', object({ text: Type.String() })) },
 *   example: { params: { name: 'ada' } },
 *   handler: (_context, { params }) => ({ status: 200, body: { text: `Hello ${params.name}` } }),
 * })
 * ```
 */
export function defineOperation<
  Params extends TObject,
  Query extends TObject,
  Body extends TSchema,
  const Responses extends ResponseSpecs,
>(definition: OperationDefinition<Params, Query, Body, Responses>): Operation {
  const { params, query, body, handler, ...facts } = definition
  const checker = new InputChecker<Params, Query, Body>({ params, query, body })
  return {
    ...facts,
    params,
    query,
    body,
    run: async (context, input) => await handler(context, checker.check(input)),
  }
}

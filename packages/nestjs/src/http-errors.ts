import {
  type CallHandler,
  type ExecutionContext,
  HttpException,
  Logger,
  type NestInterceptor,
  type Provider,
} from '@nestjs/common'
import { APP_INTERCEPTOR } from '@nestjs/core'
import { WaypostError, type WaypostErrorCode } from '@waypost/core'
import { catchError, type Observable, throwError } from 'rxjs'

/** The codes that say that a service or the store cannot answer now, with the HTTP status for the caller. */
const statuses: ReadonlyMap<WaypostErrorCode, number> = new Map([
  ['no-instance', 503],
  ['unavailable', 503],
  ['deadline-exceeded', 504],
])

/** The error's own code, or that of the error that `fetch` wraps; `undefined` when it is none that callers can act on. */
function waypostErrorIn(error: unknown): WaypostError | undefined {
  for (let cause = error, depth = 0; depth < 5 && cause instanceof Error; depth++, cause = cause.cause) {
    if (WaypostError.is(cause)) return statuses.has(cause.code) ? cause : undefined
  }
  return undefined
}

/**
 * The answer for the caller of this application: `{ statusCode, code, message }`. It names no address; those stand in
 * the error that is its `cause`.
 */
export function asHttpException(error: unknown): HttpException | undefined {
  const found = waypostErrorIn(error)
  const status = found && statuses.get(found.code)
  if (found === undefined || status === undefined) return undefined
  const message = found.code === 'no-instance' ? 'No instance can take the call.' : 'A service did not answer in time.'
  return new HttpException({ statusCode: status, code: found.code, message }, status, { cause: found })
}

/** Answers with 503 or 504 what would be a 500 otherwise. Whatever else is thrown is left to Nest. */
export class HttpErrors implements NestInterceptor {
  readonly #logger = new Logger('Waypost')

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const answer = next.handle()
    if (context.getType() !== 'http') return answer
    return answer.pipe(
      catchError((error: unknown) => {
        const exception = asHttpException(error)
        if (exception?.cause instanceof Error) this.#logger.warn(exception.cause.message)
        return throwError(() => exception ?? error)
      }),
    )
  }
}

/** In one module of the application it is for all. */
export const httpErrorsProvider: Provider = { provide: APP_INTERCEPTOR, useFactory: () => new HttpErrors() }

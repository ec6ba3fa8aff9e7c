import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common'
import { finalize, type Observable } from 'rxjs'

/** Counts the messages of microservices that are not answered yet. HTTP requests are counted at the server. */
export class MessagesInFlight implements NestInterceptor {
  #count = 0

  get count(): number {
    return this.#count
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'rpc') return next.handle()
    this.#count += 1
    // The answer is sent after the handler has ended.
    return next.handle().pipe(
      finalize(() =>
        setImmediate(() => {
          this.#count -= 1
        }),
      ),
    )
  }
}

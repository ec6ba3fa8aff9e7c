import type { HttpRequest, HttpResponse, ResolvedServerOptions } from './server-options.ts'

/** Runs the HTTP handler; when it throws, the client hears only of status 500. */
export function answerHttp(request: HttpRequest, response: HttpResponse, options: ResolvedServerOptions): void {
  try {
    options.http1?.(request, response)
  } catch (error) {
    options.onInternalError(error, request.url ?? '')
    if (!response.headersSent) response.statusCode = 500
    response.end()
  }
}

import type { HttpRequest, HttpResponse, ResolvedServerOptions } from './server-options.ts'

/** Runs the HTTP handler; when it fails, the client hears only of status 500. Never rejects. */
export async function answerHttp(
  request: HttpRequest,
  response: HttpResponse,
  options: ResolvedServerOptions,
): Promise<void> {
  try {
    await options.http1?.(request, response)
  } catch (error) {
    options.onInternalError(error, request.url ?? '')
    if (!response.headersSent) response.statusCode = 500
    response.end()
  }
}

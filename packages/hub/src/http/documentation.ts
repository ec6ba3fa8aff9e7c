import type { FastifyInstance } from 'fastify'
import { docsPage, docsStyle, errorsPage } from '../openapi/docs-page.ts'
import { openApiDocument } from '../openapi/document.ts'
import type { Operation } from '../operation/operation.ts'
import { packageVersion } from '../version.ts'

const pageHeaders = {
  'content-security-policy': "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
} as const

/** `/openapi.json`, and the same for people at `/docs`. Each is made when it is first asked for. */
export function addDocumentation(app: FastifyInstance, operations: readonly Operation[]): void {
  const pages: readonly (readonly [path: string, contentType: string, make: () => string])[] = [
    [
      '/openapi.json',
      'application/json; charset=utf-8',
      () => JSON.stringify(openApiDocument(operations, packageVersion())),
    ],
    ['/docs', 'text/html; charset=utf-8', () => docsPage(operations)],
    ['/docs/errors', 'text/html; charset=utf-8', errorsPage],
    ['/docs/style.css', 'text/css; charset=utf-8', () => docsStyle],
  ]
  for (const [path, contentType, make] of pages) {
    let text: string | undefined
    app.get(path, (_request, reply) => {
      text ??= make()
      void reply.headers(pageHeaders).header('content-type', contentType).send(text)
    })
  }
}

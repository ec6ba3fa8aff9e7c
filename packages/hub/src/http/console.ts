import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance, FastifyReply } from 'fastify'

/** Everything comes from the hub itself; the editor of the console needs its own styles. */
const pageHeaders = {
  'content-security-policy':
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; " +
    "connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
} as const

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
}

/** Where `apps/console` builds to, as seen from a checkout, and where it is in the published package. */
const builtConsoles = ['../../console', '../../../../apps/console/dist'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
)

const emptyPage = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Waypost</title>
<body><h1>Waypost</h1>
<p>The hub is running. The web console is not built here.</p>
<ul><li><a href="/docs">The HTTP API</a></li><li><a href="/openapi.json">Its OpenAPI document</a></li></ul>
</body></html>
`

/**
 * Serves the files of the web console at `/`. Files below `assets/` have a hash in their name and are kept by browsers;
 * a path of the console that is no file is answered with its page.
 */
export function addConsole(app: FastifyInstance, directory: string | undefined): void {
  const directories = directory === undefined ? builtConsoles : [directory]
  app.get('/', async (_request, reply) => {
    if (!(await sendFile(reply, directories, 'index.html'))) {
      void reply.headers(pageHeaders).type('text/html; charset=utf-8').send(emptyPage)
    }
    return reply
  })
  for (const path of ['/assets/*', '/favicon.ico', '/favicon.svg']) {
    app.get(path, async (request, reply) => {
      const name = decodeURIComponent(request.url.split('?')[0] ?? '').slice(1)
      if (!(await sendFile(reply, directories, name))) reply.callNotFound()
      return reply
    })
  }
}

async function sendFile(reply: FastifyReply, directories: readonly string[], name: string): Promise<boolean> {
  for (const directory of directories) {
    const file = normalize(join(directory, name))
    if (!file.startsWith(directory + sep)) continue
    const found = await stat(file).catch(() => undefined)
    if (found?.isFile() !== true) continue
    const isHashed = name.startsWith('assets/')
    void reply
      .headers(pageHeaders)
      .header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
      .header('content-type', types[extname(file)] ?? 'application/octet-stream')
      .header('content-length', String(found.size))
      .send(createReadStream(file))
    return true
  }
  return false
}

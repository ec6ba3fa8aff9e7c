import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** Where the build puts the console: in this package, beside `src` and `dist`. */
const builtConsole = fileURLToPath(new URL('../../console/', import.meta.url))

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
}

/** Nothing runs, is loaded or is framed but what the hub itself serves. */
const securityHeaders = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
} as const

interface ConsoleFile {
  readonly type: string
  readonly cacheControl: string
  /** As it is, and compressed when the build has made that. */
  readonly encodings: ReadonlyMap<'identity' | 'gzip' | 'br', Buffer>
}

const emptyPage = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Waypost</title></head>
<body><h1>Waypost</h1>
<p>The hub is running. The web console is not built here.</p>
<ul><li><a href="/docs">The HTTP API</a></li><li><a href="/openapi.json">Its OpenAPI document</a></li></ul>
</body></html>
`

/**
 * Serves the web console: its files, and its page for every other path that a browser opens. Files below `assets/` have
 * a hash in their names and are kept by browsers.
 */
export function addConsole(app: FastifyInstance, directory: string = builtConsole): void {
  const files = new ConsoleFiles(directory)
  app.get('/*', async (request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '/'
    const file = await files.find(path)
    if (file !== undefined) send(file, request, reply)
    else if (isPage(path, request)) send((await files.find('/index.html')) ?? missingConsole, request, reply)
    else reply.callNotFound()
    return reply
  })
}

function isPage(path: string, request: FastifyRequest): boolean {
  return path === '/' || (!path.startsWith('/v1/') && request.headers.accept?.includes('text/html') === true)
}

/** The files as the build has left them, each read once. */
class ConsoleFiles {
  readonly #directory: string
  readonly #files = new Map<string, ConsoleFile>()

  constructor(directory: string) {
    this.#directory = directory
  }

  async find(path: string): Promise<ConsoleFile | undefined> {
    const name = fileNameOf(path)
    if (name === undefined) return undefined
    const known = this.#files.get(name)
    if (known !== undefined) return known
    const file = await readConsoleFile(this.#directory, name)
    if (file !== undefined) this.#files.set(name, file)
    return file
  }
}

const missingConsole: ConsoleFile = {
  type: 'text/html; charset=utf-8',
  cacheControl: 'no-cache',
  encodings: new Map([['identity', Buffer.from(emptyPage)]]),
}

/** The files are all at the root or in `assets`; nothing else is ever opened. */
function fileNameOf(path: string): string | undefined {
  return /^\/((?:assets\/)?[\w-][\w.-]*\.(?:html|js|css|svg|woff2))$/.exec(path)?.[1]
}

async function readConsoleFile(directory: string, name: string): Promise<ConsoleFile | undefined> {
  const whole = await readOptional(join(directory, name))
  if (whole === undefined) return undefined
  const encodings = new Map<'identity' | 'gzip' | 'br', Buffer>([['identity', whole]])
  for (const [encoding, ending] of [
    ['gzip', '.gz'],
    ['br', '.br'],
  ] as const) {
    const packed = await readOptional(join(directory, `${name}${ending}`))
    if (packed !== undefined) encodings.set(encoding, packed)
  }
  const isHashed = name.startsWith('assets/')
  return {
    type: contentTypes[extname(name)] ?? 'application/octet-stream',
    cacheControl: isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    encodings,
  }
}

async function readOptional(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file)
  } catch {
    return undefined
  }
}

function send(file: ConsoleFile, request: FastifyRequest, reply: FastifyReply): void {
  const accepted = request.headers['accept-encoding'] ?? ''
  const encoding = (['br', 'gzip'] as const).find((name) => accepted.includes(name) && file.encodings.has(name))
  void reply.headers({
    ...securityHeaders,
    'content-type': file.type,
    'cache-control': file.cacheControl,
    vary: 'accept-encoding',
    ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
  })
  void reply.send(file.encodings.get(encoding ?? 'identity'))
}

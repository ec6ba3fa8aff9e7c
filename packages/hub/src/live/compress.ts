import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

/** Below this, compressing costs more than it saves. */
const worthBytes = 1_024

const toGzip = promisify(gzip)
const toBrotli = promisify(brotliCompress)

export type Encoding = 'br' | 'gzip'

/** The best encoding that the client takes for a body of that size; `undefined` sends it as it is. */
export function encodingFor(acceptEncoding: string | string[] | undefined, bytes: number): Encoding | undefined {
  if (bytes < worthBytes || typeof acceptEncoding !== 'string') return undefined
  const taken = new Set<string>()
  for (const part of acceptEncoding.split(',')) {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase())
    if (!parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter))) taken.add(name)
  }
  if (taken.has('br')) return 'br'
  return taken.has('gzip') ? 'gzip' : undefined
}

/** Off the event loop. Answers are made once and sent soon: quick settings. */
export async function compressed(bytes: Uint8Array, encoding: Encoding): Promise<Buffer> {
  if (encoding === 'gzip') return await toGzip(bytes, { level: 5 })
  return await toBrotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } })
}

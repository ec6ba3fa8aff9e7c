import { type Clock, maxNestingDepth, WaypostError } from '@waypost/core'
import type { HttpRequest } from '@waypost/rpc/server'

/** A body has to be there after this time: a slow one would hold memory for as long as its sender likes. */
const bodyTimeoutMs = 30_000

/** Reads a body of at most `limitBytes`. Fails with `too-large`, and with `deadline-exceeded` when it takes too long. */
export async function readBody(request: HttpRequest, limitBytes: number, clock: Clock): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? 0)
  if (announced > limitBytes) throw tooLarge(limitBytes)
  return await new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    const late = (): void => {
      end(
        new WaypostError('deadline-exceeded', `The body did not arrive within ${bodyTimeoutMs / 1000} s.`, {
          details: { httpStatus: 408 },
        }),
      )
    }
    const timer = clock.after(bodyTimeoutMs, late, { ref: false })
    const onData = (chunk: Buffer): void => {
      length += chunk.length
      if (length > limitBytes) end(tooLarge(limitBytes))
      else chunks.push(chunk)
    }
    const onEnd = (): void => end(undefined)
    const onClose = (): void => end(new WaypostError('aborted', 'The request ended before its body.'))
    const end = (error: WaypostError | undefined): void => {
      timer.cancel()
      request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose)
      if (error === undefined) resolve(Buffer.concat(chunks, length))
      else reject(error)
    }
    request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose)
  })
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Parses JSON in UTF-8 (RFC 8259). Fails with `invalid-argument`, before it costs more than reading it. */
export function parseJson(bytes: Uint8Array): unknown {
  const text = decoded(bytes)
  if (depthOf(text) > maxNestingDepth) throw invalidBody(`The body is nested more than ${maxNestingDepth} levels deep.`)
  try {
    const value: unknown = /__proto__|\\u/.test(text) ? JSON.parse(text, refuseProto) : JSON.parse(text)
    return value
  } catch (error) {
    if (WaypostError.is(error)) throw error
    throw invalidBody(`The body is not JSON: ${error instanceof Error ? error.message : String(error)}.`)
  }
}

/** A field of this name would not be a field. */
function refuseProto(name: string, value: unknown): unknown {
  if (name === '__proto__') throw invalidBody('The body must not have a field "__proto__".')
  return value
}

function decoded(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw invalidBody('The body is not UTF-8.')
  }
}

/** Brackets outside of strings that are open at the same time. */
function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  let isString = false
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (isString) {
      if (code === 0x5c) index += 1
      else if (code === 0x22) isString = false
    } else if (code === 0x22) isString = true
    else if (code === 0x5b || code === 0x7b) {
      depth += 1
      if (depth > deepest) deepest = depth
    } else if (code === 0x5d || code === 0x7d) depth -= 1
  }
  return deepest
}

function invalidBody(detail: string): WaypostError {
  return new WaypostError('invalid-argument', detail, { details: { errors: [{ in: 'body', pointer: '', detail }] } })
}

function tooLarge(limitBytes: number): WaypostError {
  return new WaypostError('too-large', `The body is larger than ${limitBytes} bytes.`)
}

import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { recordSkip, run } from '@waypost/testkit'
import { expect, it } from 'vitest'
import { routeOf, startPlane, startUpstream } from '../src/data-plane.test-support.ts'

/** A Go module that names the version of h2spec and of all that it needs. */
const moduleDirectory = fileURLToPath(new URL('h2spec/', import.meta.url))

/**
 * What node:http2 does otherwise than h2spec wants, and the gateway cannot change. Frames for a stream that was closed
 * are passed over instead of ending the connection, an acknowledgement that nobody asked for ends it, and the code in
 * the last frame of a connection is another one.
 */
const known = [
  '5.1. Stream States: 8: closed: Sends a DATA frame after sending RST_STREAM frame',
  '5.1. Stream States: 9: closed: Sends a HEADERS frame after sending RST_STREAM frame',
  '5.1. Stream States: 11: closed: Sends a DATA frame',
  '5.1. Stream States: 12: closed: Sends a HEADERS frame',
  '5.1.1. Stream Identifiers: 2: Sends stream identifier that is numerically smaller than previous',
  '6.7. PING: 2: Sends a PING frame with ACK',
  '6.9.1. The Flow-Control Window: 2: Sends multiple WINDOW_UPDATE frames increasing the flow control window to above 2^31-1',
]

/** The cases that failed, with the section that they are in. */
function failures(report: string): string[] {
  const found: string[] = []
  let section = ''
  for (const line of report.slice(report.indexOf('Failures:')).split('\n')) {
    const heading = /^\s+(\d[\d.]*\. .*)$/.exec(line)
    const failed = /^\s+× (.*)$/.exec(line)
    if (heading) section = heading[1] ?? ''
    if (failed) found.push(`${section}: ${failed[1]}`)
  }
  return found
}

it.skipIf(!process.env.WAYPOST_LONG)(
  'speaks HTTP/2 as h2spec wants it, but for what is known',
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'waypost-h2spec-'))
    try {
      const program = join(directory, 'h2spec')
      const args = ['build', '-o', program, 'github.com/summerwind/h2spec/cmd/h2spec']
      const built = await run('go', args, { cwd: moduleDirectory, env: process.env, timeoutMs: 300_000 }).catch(
        () => undefined,
      )
      if (built?.code !== 0) {
        recordSkip('HTTP/2 by h2spec', 'Go or the module of h2spec is not there')
        return
      }
      await using upstream = await startUpstream((request, response) => {
        request.resume()
        request.once('end', () => response.end('hello'))
      })
      await using gateway = await startPlane(routeOf(), [upstream.port])
      const options = ['-h', '127.0.0.1', '-p', String(gateway.port), '-o', '5']
      const { stdout } = await run(program, options, { timeoutMs: 300_000 })
      expect(stdout).toMatch(/^145 tests/m)
      expect(failures(stdout).filter((failure) => !known.includes(failure))).toEqual([])
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  },
  700_000,
)

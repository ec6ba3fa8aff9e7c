import { readFile } from 'node:fs/promises'
import { request as requestOverHttp } from 'node:http'
import { type RequestOptions, request as requestOverTls } from 'node:https'
import type { DocumentChange, PublishAllOptions, PublishedRelease } from '@waypost/config/admin'
import { errorCodes, messageOf, WaypostError, type WaypostErrorCode } from '@waypost/core'
import { type Command, InvalidArgumentError } from 'commander'
import { UsageError } from '../../../command-line/exit-codes.ts'
import { storeOptions } from '../../../store/store-options.ts'
import type { ReleaseOptions } from './release-options.ts'

/** The longest that a hub may take when no `--timeout` says otherwise: it validates against live processes. */
const defaultTimeoutMs = 30_000

export interface HubOption {
  readonly hub?: URL
}

export function addHubOption(command: Command): Command {
  return command.option(
    '--hub <url>',
    'ask this hub to release it, as a store in strict mode wants it (env: WAYPOST_HUB)',
    parseHub,
  )
}

/** The hub that is to be asked; `undefined` to write to the store. */
export function hubOf({ hub }: HubOption): URL | undefined {
  if (hub !== undefined) return hub
  const { WAYPOST_HUB: named } = process.env
  if (!named) return undefined
  try {
    return parseHub(named)
  } catch (error) {
    throw new UsageError(`WAYPOST_HUB: ${messageOf(error)}`)
  }
}

/**
 * Lets a hub release documents, with the login of the command: the hub asks the store whether that user may, and writes.
 * Fails with the hub's own code and words, and with `unavailable`.
 */
export async function releaseByHub(
  hub: URL,
  changes: readonly DocumentChange[],
  { comment, validate, bypassApproval }: PublishAllOptions,
  options: ReleaseOptions,
): Promise<readonly PublishedRelease[]> {
  const { author } = options
  const body = { changes: changes.map(changeJson), author, comment, validate, bypassApproval }
  const answer = await post(new URL('/v1/config/releases', hub), JSON.stringify(body), options)
  return readReleases(answer, hub)
}

function changeJson({ path, content, delete: deletes, expectedRelease }: DocumentChange): object {
  if (deletes) return { path, delete: true, expectedRelease }
  return { path, content: Buffer.from(content).toString('base64'), encoding: 'base64', expectedRelease }
}

async function post(url: URL, body: string, options: ReleaseOptions): Promise<unknown> {
  const { auth } = await storeOptions(options)
  const ca = options.cacert === undefined ? undefined : await readFile(options.cacert)
  const { status, text } = await exchanged(url, body, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    ...(auth === undefined ? {} : { auth: `${auth.username}:${auth.password}` }),
    ...(ca === undefined ? {} : { ca }),
    rejectUnauthorized: options.insecureSkipTlsVerify !== true,
    signal: AbortSignal.timeout(options.timeout ?? defaultTimeoutMs),
  })
  const answer = parsed(text)
  if (status === 200) return answer
  const { code, detail } = Object(answer)
  throw new WaypostError(
    isCode(code) ? code : 'internal',
    typeof detail === 'string' ? detail : `The hub at ${url.origin} answered with status ${status}.`,
  )
}

function exchanged(
  url: URL,
  body: string,
  options: RequestOptions,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    let isConnected = false
    const failed = (error: Error): void => {
      // What was sent may have been done.
      const code = isConnected ? 'outcome-unknown' : 'unavailable'
      reject(new WaypostError(code, `The hub at ${url.origin} did not answer: ${error.message}`, { cause: error }))
    }
    const request = url.protocol === 'https:' ? requestOverTls : requestOverHttp
    const sent = request(url, options, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
      response.on('error', failed)
    })
    sent.once('socket', (socket) => {
      socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
        isConnected = true
      })
    })
    sent.on('error', failed)
    sent.end(body)
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isCode(code: unknown): code is WaypostErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorCodes, code)
}

function readReleases(answer: unknown, hub: URL): readonly PublishedRelease[] {
  const { releases } = Object(answer)
  if (!Array.isArray(releases)) throw new WaypostError('internal', `${hub.origin} answers, but not as a hub does.`)
  return releases.map(({ path, release, revision, checksum, unchanged }) => ({
    path: String(path),
    release: Number(release),
    revision: BigInt(revision),
    checksum: checksum === undefined ? undefined : String(checksum),
    unchanged: unchanged === true,
  }))
}

function parseHub(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url
  throw new InvalidArgumentError('It must be an address such as http://127.0.0.1:8379.')
}

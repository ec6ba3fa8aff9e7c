import { connect } from 'node:http2'
import { startStore } from '@waypost/testkit'
import { expect, it } from 'vitest'

/** The status message that a call with this version is answered with. */
async function answerTo(url: string, path: string, version: string): Promise<string> {
  const session = connect(url)
  const call = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    'client-api-version': version,
  })
  call.end(Buffer.from([0, 0, 0, 0, 0]))
  const message = await new Promise<string>((resolve) => {
    const read = (headers: Record<string, unknown>): void => {
      if ('grpc-status' in headers) resolve(String(headers['grpc-message'] ?? ''))
    }
    call
      .on('response', read)
      .on('trailers', read)
      .on('error', () => resolve('reset'))
      .resume()
  })
  session.destroy()
  return message
}

it.each(['/etcdserverpb.KV/Range', '/etcdserverpb.Watch/Watch', '/etcdserverpb.Lease/LeaseKeepAlive'])(
  'a client version that is no text is refused by %s',
  async (path) => {
    await using store = await startStore()
    expect(await answerTo(store.url, path, '\xff')).toBe('etcdserver: invalid client api version')
  },
)

it('any other version will do', async () => {
  await using store = await startStore()
  for (const version of ['3.5.0', 'unknown', ''])
    expect(await answerTo(store.url, '/etcdserverpb.KV/Range', version)).toBe('etcdserver: key is not provided')
})

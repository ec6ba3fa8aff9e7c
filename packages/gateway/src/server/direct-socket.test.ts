import { once } from 'node:events'
import { type AddressInfo, connect, createServer, Socket } from 'node:net'
import { deferred } from '@waypost/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { DirectSocket } from './direct-socket.ts'

/** A connection from a client to the gateway's end of it. */
async function connection(): Promise<{ client: Socket; socket: DirectSocket }> {
  const server = createServer({ allowHalfOpen: true })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const client = connect({ port, host: '127.0.0.1' })
  const [accepted] = await once(server, 'connection')
  const socket = DirectSocket.takeOver(accepted)
  if (socket === undefined) throw new Error('This Node keeps the connection elsewhere.')
  onTestFinished(async () => {
    client.destroy()
    socket.destroy()
    server.close()
    // It waits for all connections that it accepted: the first socket is no longer one.
    await once(server, 'close')
  })
  return { client, socket }
}

/** What a taker is given, and the memory that it came in. */
function taken(
  socket: DirectSocket,
  takesMore = true,
): { text(): string; next(): Promise<void>; memory: Set<unknown> } {
  let text = ''
  let told = deferred()
  const memory = new Set<unknown>()
  socket.takeBytes((bytes) => {
    text += bytes.toString('latin1')
    memory.add(bytes.buffer)
    told.resolve()
    told = deferred()
    return takesMore
  })
  return { text: () => text, next: () => told.promise, memory }
}

describe('a socket that reads into one buffer', () => {
  it('lends the bytes of all connections from the same memory', async () => {
    const [one, other] = [await connection(), await connection()]
    const [first, second] = [taken(one.socket), taken(other.socket)]
    const came = Promise.all([first.next(), second.next()])
    one.client.write('one')
    other.client.write('other')
    await came
    expect([first.text(), second.text()]).toEqual(['one', 'other'])
    expect(new Set([...first.memory, ...second.memory]).size).toBe(1)
  })

  it('gives what waits in the stream first', async () => {
    const { client, socket } = await connection()
    client.write('first ')
    await once(socket, 'readable')
    const bytes = taken(socket)
    const came = bytes.next()
    client.write('second')
    await came
    expect(bytes.text()).toBe('first second')
  })

  it('reads no further when the taker wants no more, until it is resumed', async () => {
    const { client, socket } = await connection()
    const bytes = taken(socket, false)
    const came = bytes.next()
    client.write('one')
    await came
    client.write('two')
    // A turn of the event loop in which it would have been read.
    const { client: another, socket: beside } = await connection()
    another.write('x')
    await once(beside, 'readable')
    expect([bytes.text(), socket.isPaused()]).toEqual(['one', true])
    const later = bytes.next()
    socket.resume()
    await later
    expect(bytes.text()).toBe('onetwo')
  })

  it('is a stream again when it is told so', async () => {
    const { client, socket } = await connection()
    const bytes = taken(socket)
    const came = bytes.next()
    client.write('taken')
    await came
    socket.streamBytes()
    client.end('streamed')
    let text = ''
    for await (const chunk of socket) text += chunk
    expect([bytes.text(), text]).toEqual(['taken', 'streamed'])
  })

  it('says when the client has ended its side, and answers all the same', async () => {
    const { client, socket } = await connection()
    taken(socket)
    client.end()
    await once(socket, 'end')
    socket.end('answer')
    let text = ''
    for await (const chunk of client) text += chunk
    expect(text).toBe('answer')
  })

  it('leaves a socket alone that has no connection', () => {
    expect(DirectSocket.takeOver(new Socket())).toBeUndefined()
  })
})

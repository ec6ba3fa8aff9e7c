import { Watch, WatchCreateRequest, WatchRequest, WatchResponse } from '../../packages/protocol/dist/index.js'
import { RpcConnection } from '../../packages/rpc/dist/index.js'

const openWithinMs = 60_000

/**
 * Opens watchers on one connection and resolves when the server has confirmed them all. `onTold` hears of every
 * message from then on: its events, or undefined once `countOnly` was called, which spares the client the decoding.
 */
export async function openWatchers({ port, streams, perStream, keyOf, onTold = () => {} }) {
  const connection = new RpcConnection(`http://127.0.0.1:${port}`)
  let confirmed = 0
  let counting = false
  let closing = false
  const decode = (bytes) => (counting ? undefined : WatchResponse.decode(bytes))
  const method = { ...Watch.watch, response: { encode: WatchResponse.encode, decode } }
  const allConfirmed = new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`Only ${confirmed} watchers were confirmed in time`)), openWithinMs)
    const settle = (error) => {
      clearTimeout(timer)
      if (error) reject(error)
      else resolve()
    }
    const onMessage = (message) => {
      if (confirmed === streams * perStream) return onTold(message?.events)
      if (!message.created || message.canceled) return settle(new Error(`Not watched: ${message.cancelReason}`))
      confirmed += 1
      if (confirmed === streams * perStream) settle()
    }
    const onEnd = (error) => {
      if (!closing) settle(error ?? new Error('The server ended a watch stream'))
    }
    for (let number = 0; number < streams; number++) {
      const stream = connection.stream(method, { onMessage, onEnd })
      for (let each = 0; each < perStream; each++) {
        const key = Buffer.from(keyOf(number * perStream + each))
        stream.send(WatchRequest.create({ createRequest: WatchCreateRequest.create({ key }) }))
      }
    }
  })
  const close = () => {
    closing = true
    connection.destroy()
  }
  try {
    await allConfirmed
  } catch (error) {
    close()
    throw error
  }
  return {
    close,
    countOnly() {
      counting = true
    },
  }
}

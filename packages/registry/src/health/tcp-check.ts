import { connect } from 'node:net'
import type { Check } from './check.ts'

export function tcpCheck(host: string, port: number): Check {
  return (signal) =>
    new Promise<void>((resolve, reject) => {
      const socket = connect({ host, port, signal })
      socket.on('error', reject)
      socket.on('connect', () => {
        socket.destroy()
        resolve()
      })
    })
}

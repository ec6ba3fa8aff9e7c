import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** Runs a program to its end and keeps what it prints, for when others print meanwhile. */
export async function captured(command, args, options) {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text
    })
  }
  const [status] = await once(child, 'close')
  return { status, output }
}

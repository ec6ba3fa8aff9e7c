import { isIP } from 'node:net'

/** The bytes of an address, 4 or 16; `undefined` when the text is none. The scope of `fe80::1%eth0` is left out. */
export function ipBytes(text: string): Buffer | undefined {
  const address = text.split('%', 1)[0] ?? ''
  const family = isIP(address)
  if (family === 4) return Buffer.from(address.split('.').map(Number))
  if (family !== 6) return undefined
  const [head = '', tail] = withoutDots(address).split('::')
  const first = groups(head)
  const last = tail === undefined ? [] : groups(tail)
  const middle = new Array<number>(8 - first.length - last.length).fill(0)
  const bytes = Buffer.alloc(16)
  for (const [index, group] of [...first, ...middle, ...last].entries()) bytes.writeUInt16BE(group, index * 2)
  return bytes
}

/** `::ffff:10.0.0.1` with its last four bytes as two groups. */
function withoutDots(address: string): string {
  const dotted = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address)
  if (dotted === null) return address
  const [a = 0, b = 0, c = 0, d = 0] = dotted.slice(1).map(Number)
  return `${address.slice(0, dotted.index)}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
}

function groups(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
}

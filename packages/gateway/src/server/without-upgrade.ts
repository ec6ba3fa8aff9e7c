import type { IncomingMessage } from 'node:http'

/** The head of a request once more, without the offer to change the protocol. */
export function withoutUpgrade({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  let head = `${method} ${url} HTTP/${httpVersion}\r\n`
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    const value = rawHeaders[index + 1] ?? ''
    const lower = name.toLowerCase()
    if (lower === 'upgrade' || lower === 'http2-settings') continue
    if (lower !== 'connection') head += `${name}: ${value}\r\n`
    else {
      const kept = value.split(',').filter((option) => !/^\s*(?:upgrade|http2-settings)\s*$/i.test(option))
      if (kept.length > 0) head += `${name}: ${kept.join(',')}\r\n`
    }
  }
  return Buffer.from(`${head}\r\n`, 'latin1')
}

const bytesPerLine = 16

/** `00000000  68 65 6c 6c 6f  hello`, sixteen bytes a line. */
export function hexOf(value: string, encoding: 'utf8' | 'base64'): string {
  const bytes =
    encoding === 'utf8'
      ? new TextEncoder().encode(value)
      : Uint8Array.from(atob(value), (letter) => letter.charCodeAt(0))
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += bytesPerLine) {
    const line = bytes.subarray(at, at + bytesPerLine)
    const hex = [...line].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const text = [...line].map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('')
    lines.push(`${at.toString(16).padStart(8, '0')}  ${hex.padEnd(bytesPerLine * 3 - 1)}  ${text}`)
  }
  return lines.join('\n')
}

/** Indented; `undefined` for what is not JSON. */
export function prettyJson(value: string): string | undefined {
  try {
    return JSON.stringify(JSON.parse(value), null, 2)
  } catch {
    return undefined
  }
}

const strict = new TextDecoder('utf-8', { fatal: true })

/** Bytes as one line of text: control characters escaped, and what is not UTF-8 as `\xNN`. */
export function printable(bytes: Uint8Array): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return decode(bytes).replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, escapeControl)
}

function decode(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes)
  } catch {
    return Array.from(bytes, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : escapeByte(byte))).join('')
  }
}

function escapeControl(character: string): string {
  if (character === '\n') return '\\n'
  if (character === '\r') return '\\r'
  if (character === '\t') return '\\t'
  return escapeByte(character.charCodeAt(0))
}

function escapeByte(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`
}

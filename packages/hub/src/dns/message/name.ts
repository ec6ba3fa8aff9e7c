/**
 * A domain name as it is compared: its labels as on the wire, each behind a byte of length, in lower case, without the
 * root's zero. One character is one byte. `web.internal` is `\x03web\x08internal`.
 */
export type WireName = string

/** RFC 1035 2.3.4. */
const maxLabelBytes = 63
const maxNameBytes = 255

/** A label in lower case, one character per byte; `undefined` when it is empty or too long. RFC 4343: only A to Z fold. */
export function foldLabel(text: string): string | undefined {
  const folded = foldText(text)
  return folded.length === 0 || folded.length > maxLabelBytes ? undefined : folded
}

/** Text of any length as it is compared with labels. */
export function foldText(text: string): string {
  return Buffer.from(text, 'utf8')
    .toString('latin1')
    .replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

/** Labels in lower case from a name with dots; `undefined` when no such name can exist. A last dot is allowed. */
export function foldLabels(text: string): string[] | undefined {
  const labels = text.replace(/\.$/, '').split('.').map(foldLabel)
  const known = labels.filter((label) => label !== undefined)
  return known.length === labels.length ? known : undefined
}

export function toWireName(labels: readonly string[]): WireName {
  return labels.map((label) => String.fromCharCode(label.length) + label).join('')
}

/** The bytes of a name, with the root's zero; `undefined` when it is too long. */
export function nameBytes(name: WireName): Buffer | undefined {
  return name.length + 1 > maxNameBytes ? undefined : Buffer.from(`${name}\0`, 'latin1')
}

/** The labels of a wire name, the leftmost first. */
export function labelsOf(name: WireName): string[] {
  const labels: string[] = []
  for (let at = 0; at < name.length; ) {
    const length = name.charCodeAt(at)
    labels.push(name.slice(at + 1, at + 1 + length))
    at += 1 + length
  }
  return labels
}

/** Where a name that is not compressed ends, in bytes; -1 when it is cut off, compressed or too long. */
export function plainNameEnd(packet: Uint8Array, start: number): number {
  let at = start
  for (;;) {
    const length = packet[at]
    if (length === undefined || length > maxLabelBytes) return -1
    at += 1 + length
    if (at - start > maxNameBytes) return -1
    if (length === 0) return at
  }
}

/** Where a name ends that may be compressed (RFC 1035 4.1.4), without following it; -1 when it is cut off or malformed. */
export function nameEnd(packet: Uint8Array, start: number): number {
  let at = start
  for (;;) {
    const length = packet[at]
    if (length === undefined) return -1
    if (length >= 0xc0) return at + 2 <= packet.length ? at + 2 : -1
    if (length > maxLabelBytes) return -1
    at += 1 + length
    if (at - start > maxNameBytes) return -1
    if (length === 0) return at
  }
}

const scratch = Buffer.alloc(maxNameBytes)

/** Bytes as a string, A to Z in lower case. A length byte is at most 63, below the letters, so whole names fold too. */
export function foldBytes(packet: Uint8Array, start: number, end: number): string {
  const length = end - start
  for (let index = 0; index < length; index += 1) {
    const byte = packet[start + index] ?? 0
    scratch[index] = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte
  }
  return scratch.toString('latin1', 0, length)
}

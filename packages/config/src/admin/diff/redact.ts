import { createHash } from 'node:crypto'

/** An encrypted value, up to what cannot belong to it. */
const cipherText = /\{cipher\}[^\s"',\]}]*/g

/**
 * Takes encrypted values out of a text that people look at. Even encrypted they are not for everybody's eyes; a few
 * digits of their hash stay, so that a change of one is seen as a change.
 */
export function redactText(text: string): string {
  return text.replace(cipherText, (secret) => {
    const hash = createHash('sha256').update(secret).digest('hex').slice(0, 6)
    return `{cipher}<redacted ${hash}>`
  })
}

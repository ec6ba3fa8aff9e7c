/** A text that a header can hold: what it cannot is percent-encoded. */
export function headerText(value: unknown): string {
  const text = Array.isArray(value) ? value.map(itemText).join(',') : itemText(value)
  // By way of bytes, as half a surrogate pair cannot be encoded.
  const whole = Buffer.from(text, 'utf8').toString('utf8')
  return whole.replace(/[^\t -~]/gu, (character) => encodeURIComponent(character))
}

function itemText(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}

/** One event of a stream. A comment, such as a heartbeat, has neither name nor data. */
export interface SseEvent {
  readonly name: string
  readonly data: string
  readonly id: string | undefined
}

/**
 * Reads an event stream piece by piece. Source: the HTML standard, 9.2.6 "Interpreting an event stream".
 * The browser's own EventSource is not used: it hides heartbeats and status codes, and so cannot tell a stream that
 * is quiet from one that is dead.
 */
export class SseParser {
  #rest = ''
  #name = ''
  #data: string[] = []
  #id: string | undefined

  /** The events that the piece completes. */
  push(text: string): SseEvent[] {
    const lines = (this.#rest + text).split(/\r\n|\n|\r/)
    this.#rest = lines.pop() ?? ''
    const events: SseEvent[] = []
    for (const line of lines) {
      if (line !== '') this.#field(line)
      else if (this.#data.length > 0 || this.#name !== '') {
        events.push({ name: this.#name || 'message', data: this.#data.join('\n'), id: this.#id })
        this.#name = ''
        this.#data = []
      }
    }
    return events
  }

  #field(line: string): void {
    const colon = line.indexOf(':')
    if (colon === 0) return
    const name = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (name === 'event') this.#name = value
    else if (name === 'data') this.#data.push(value)
    else if (name === 'id') this.#id = value
  }
}

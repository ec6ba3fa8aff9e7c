/** Text that one has typed and not published. It outlives a reload, a closed tab and a restart of the hub. */
export interface KeptText {
  readonly text: string
  /** The release that it is a change of. */
  readonly base: number
}

const prefix = 'waypost.text:'

export function keep(path: string, value: KeptText): void {
  try {
    localStorage.setItem(prefix + path, JSON.stringify(value))
  } catch {
    // Storage is full or switched off: the text is in the editor all the same.
  }
}

export function kept(path: string): KeptText | undefined {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(prefix + path) ?? 'null')
    if (typeof value !== 'object' || value === null) return undefined
    const [text, base] = [Reflect.get(value, 'text'), Reflect.get(value, 'base')]
    return typeof text === 'string' && typeof base === 'number' ? { text, base } : undefined
  } catch {
    return undefined
  }
}

export function forget(path: string): void {
  try {
    localStorage.removeItem(prefix + path)
  } catch {
    // Nothing was kept either.
  }
}

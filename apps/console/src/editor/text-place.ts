/** Where the cursor is in a document: inside which names, and whether a name or a value is being typed. */
export interface Place {
  readonly path: readonly string[]
  readonly kind: 'name' | 'value'
  /** What has been typed of it. */
  readonly typed: string
}

/** Reads indentation upwards from the cursor. `undefined` in a comment. */
export function placeInYaml(before: string): Place | undefined {
  const lines = before.split('\n')
  const last = lines.at(-1) ?? ''
  if (/(^|\s)#/.test(last)) return undefined
  const { indent, rest } = partsOf(last)
  const path: string[] = []
  let within = indent
  for (let at = lines.length - 2; at >= 0 && within > 0; at--) {
    const line = partsOf(lines[at] ?? '')
    const name = /^(['"]?)([^\s:#'"]+)\1\s*:(\s|$)/.exec(line.rest)?.[2]
    if (name === undefined || line.indent >= within) continue
    path.unshift(name)
    within = line.indent
  }
  const value = /^(['"]?)([^\s:#'"]+)\1\s*:\s+(.*)$/.exec(rest)
  if (value === null) return /^[\w.-]*$/.test(rest) ? { path, kind: 'name', typed: rest } : undefined
  const [, , name = '', typed = ''] = value
  return { path: [...path, name], kind: 'value', typed }
}

/** A dash of a list counts as indentation, as what follows it is inside the list. */
function partsOf(line: string): { indent: number; rest: string } {
  const lead = /^[\s-]*/.exec(line)?.[0] ?? ''
  const isDash = lead.includes('-')
  return { indent: isDash && lead.endsWith('-') ? lead.length + 1 : lead.length, rest: line.slice(lead.length) }
}

/** Reads brackets and strings from the start. */
export function placeInJson(before: string): Place | undefined {
  const path: (string | undefined)[] = []
  let name: string | undefined
  let expectsValue = false
  let at = 0
  while (at < before.length) {
    const letter = before[at]
    if (letter === '"') {
      const end = endOfString(before, at)
      if (end === undefined) {
        const typed = before.slice(at)
        return { path: named(path, expectsValue ? name : undefined), kind: expectsValue ? 'value' : 'name', typed }
      }
      if (!expectsValue) name = before.slice(at + 1, end)
      at = end
    } else if (letter === ':') expectsValue = true
    else if (letter === '{' || letter === '[') {
      path.push(expectsValue ? name : undefined)
      expectsValue = letter === '['
      name = undefined
    } else if (letter === '}' || letter === ']') {
      path.pop()
      expectsValue = false
    } else if (letter === ',') {
      expectsValue = false
      name = undefined
    }
    at += 1
  }
  const typed = /[\w.-]*$/.exec(before)?.[0] ?? ''
  return { path: named(path, expectsValue ? name : undefined), kind: expectsValue ? 'value' : 'name', typed }
}

function named(path: readonly (string | undefined)[], last: string | undefined): string[] {
  return [...path, last].filter((name) => name !== undefined)
}

function endOfString(text: string, start: number): number | undefined {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '"') return at
    else if (text[at] === '\n') return undefined
  }
  return undefined
}

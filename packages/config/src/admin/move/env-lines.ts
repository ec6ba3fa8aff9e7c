/** What a `.env` file sets, and which of its lines set nothing. */
export interface EnvFile {
  readonly variables: ReadonlyMap<string, string>
  readonly problems: readonly { readonly line: number; readonly reason: string }[]
}

/**
 * Reads a `.env` file in the form that Node, Docker and dotenv have in common, the same on every version of Node:
 *
 * - `NAME=value`, with `export` in front or without; a name has letters, digits, `_`, `-` and `.`;
 * - a value in single quotes, double quotes or backticks goes on to the closing quote, over lines too; in double quotes
 *   `\n` is a line feed and `\"` a quote;
 * - a value without quotes goes on to the end of its line, or to a `#`; blanks around it do not count;
 * - blank lines and lines that begin with `#` set nothing. The last line of a name counts.
 */
export function parseEnvFile(text: string): EnvFile {
  const variables = new Map<string, string>()
  const lineOf = new Map<string, number>()
  const problems: { line: number; reason: string }[] = []
  const setting = /[ \t]*(?:export[ \t]+)?([^\s=#'"`]+)[ \t]*=[ \t]*/y
  const quoted = /"((?:[^"\\]|\\[\s\S])*)"|'([^']*)'|`([^`]*)`/y
  const restOfLine = /[^\n]*\n?/y
  let line = 1
  for (let at = 0; at < text.length; ) {
    const start = line
    const take = (pattern: RegExp): RegExpExecArray | null => {
      pattern.lastIndex = at
      const found = pattern.exec(text)
      if (found === null) return null
      at = pattern.lastIndex
      line += found[0].split('\n').length - 1
      return found
    }
    const skip = (reason: string): void => {
      problems.push({ line: start, reason })
    }
    const name = take(setting)?.[1]
    if (name === undefined) {
      const rest = take(restOfLine)?.[0].trim() ?? ''
      if (rest !== '' && !rest.startsWith('#')) skip('it is not NAME=value')
      continue
    }
    const isQuoted = /["'`]/.test(text[at] ?? '')
    const found = isQuoted ? take(quoted) : null
    const rest = (take(restOfLine)?.[0] ?? '').replace(/\r?\n$/, '')
    if (isQuoted && found === null) skip(`the quote after ${name}= is not closed`)
    else if (!/^[A-Za-z_][\w.-]*$/.test(name)) skip(`${JSON.stringify(name)} is not a name`)
    else if (found !== null && !/^[ \t]*(?:#.*)?$/.test(rest)) skip(`there is text after the value of ${name}`)
    else {
      const before = lineOf.get(name)
      if (before !== undefined) problems.push({ line: before, reason: `line ${start} sets ${name} again` })
      if (found === null && /[^ \t]#/.test(rest)) {
        problems.push({ line: start, reason: `what follows # is a comment; put the value of ${name} in quotes` })
      }
      lineOf.set(name, start)
      variables.set(name, found === null ? rest.replace(/#.*$/s, '').trim() : unquoted(found))
    }
  }
  return { variables, problems }
}

function unquoted([, double, single, backticks = '']: RegExpExecArray): string {
  if (double !== undefined) return double.replaceAll('\r\n', '\n').replaceAll('\\n', '\n').replaceAll('\\"', '"')
  return (single ?? backticks).replaceAll('\r\n', '\n')
}

/** A folder with its slash at the end stands for everything below it; nothing stands for all documents. */
export function patternFrom(asked = ''): string {
  return asked === '' || asked.endsWith('/') ? `${asked}**` : asked
}

/** The document or the folder that a pattern stays in: what a caller must be allowed to read. */
export function folderOf(pattern: string): string {
  const fixed = /^[^*?]*/.exec(pattern)?.[0] ?? ''
  return fixed === pattern ? fixed : fixed.slice(0, fixed.lastIndexOf('/') + 1)
}

import type { PathPattern } from './path-pattern.ts'

/** Whether a pattern takes a path, told by comparing both. The index finds the same by walking its tree. */
export function fitsPath(pattern: PathPattern, path: string): boolean {
  if (pattern.kind === 'any') return true
  if (pattern.expression) return pattern.expression.fits(path)
  const given = path.split('/').slice(1)
  const { kind, segments } = pattern
  const takesRest = segments.at(-1)?.kind === 'rest'
  if (kind !== 'prefix' && !takesRest && given.length !== segments.length) return false
  if (given.length < segments.length) return false
  return segments.every((segment, index) => {
    const text = given[index] ?? ''
    if (segment.kind === 'text') return segment.text === text
    return segment.kind === 'name' ? text !== '' : given.slice(index).join('/') !== ''
  })
}

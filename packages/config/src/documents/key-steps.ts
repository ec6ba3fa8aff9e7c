import type { JsonPath } from './json-path.ts'

/**
 * The steps of a key as properties files, placeholders and `explain` write it. Dots separate levels, `[0]` is an item
 * of a list, and `[a.b]` is a level whose name may have dots: `promos[0].client`, `hosts[db.local].port`. `undefined`
 * for a key with an empty part or a bracket that is not closed.
 *
 * Source: Spring Boot's reference, "Relaxed Binding".
 */
export function keySteps(key: string): JsonPath | undefined {
  const steps: (string | number)[] = []
  // A name, or a bracket; each but the first name comes after a dot.
  const part = /(\.?)(?:([^.[]+)|\[([^\]]+)\])/y
  while (part.lastIndex < key.length) {
    const found = part.exec(key)
    if (found === null) return undefined
    const [, dot, name, bracket = ''] = found
    const needsDot = steps.length > 0 && name !== undefined
    if ((dot === '.') !== needsDot) return undefined
    steps.push(name ?? (/^\d{1,15}$/.test(bracket) ? Number(bracket) : bracket))
  }
  return steps.length === 0 ? undefined : steps
}

/** The child of a value at a step. A list has items only: its `length` is none. */
export function childAt(value: unknown, step: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
  if (Array.isArray(value) && !/^\d+$/.test(String(step))) return undefined
  return Reflect.get(value, step)
}

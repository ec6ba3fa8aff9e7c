import type { HeaderEditsSpec } from '../../document/routes-document.ts'
import type { HeaderEdits } from '../route.ts'
import type { DocumentPath, Problems } from './problems.ts'

/** Headers that belong to a connection, or that the gateway itself must set. */
const reserved = new Set([
  'connection',
  'content-length',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Edits of `defaults`, followed by those of a route. */
export function buildHeaderEdits(
  field: 'requestHeaders' | 'responseHeaders',
  specs: readonly (readonly [at: DocumentPath, spec: HeaderEditsSpec | undefined])[],
  problems: Problems,
): HeaderEdits {
  const remove: string[] = []
  const set = new Map<string, string>()
  const add: (readonly [string, string])[] = []
  for (const [at, spec] of specs) {
    const check = (part: string, key: string | number, name: string): string => {
      const lower = name.toLowerCase()
      if (reserved.has(lower)) problems.report([...at, field, part, key], `The gateway itself sets ${lower}`)
      return lower
    }
    for (const [index, name] of (spec?.remove ?? []).entries()) remove.push(check('remove', index, name))
    for (const [name, value] of Object.entries(spec?.set ?? {})) set.set(check('set', name, name), value)
    for (const [name, value] of Object.entries(spec?.add ?? {})) add.push([check('add', name, name), value])
  }
  return { remove, set: [...set], add }
}

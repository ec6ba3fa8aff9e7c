import { coverOf, type HeldPermission } from './held-permissions.ts'
import { type Access, type AccessAction, needsOf } from './presets.ts'
import { type AccessMode, rightKey, rights } from './rights.ts'

const ofDocuments = ['read', 'publish', 'approve', 'govern'] as const satisfies readonly AccessAction[]
const ofServices = ['operate', 'register'] as const satisfies readonly AccessAction[]

/** The actions that permissions are enough for, on what they name: not on what lies deeper. */
export function allowedActions(held: readonly HeldPermission[], mode: AccessMode, namespace = ''): readonly Access[] {
  const isAllowed = (access: Access): boolean =>
    needsOf(access, mode).every((need) => coverOf(need, held, namespace) !== undefined)
  const named = (root: string): readonly string[] => {
    const start = namespace + root
    return [...new Set(held.filter(({ key }) => key.startsWith(start)).map(({ key }) => key.slice(start.length)))]
  }
  const service = (key: string): readonly string[] => (/^[^/]+\/$/.test(key) ? [key.slice(0, -1)] : [])
  const documents = new Set([
    ...named('/config/'),
    ...rights.filter((right) => right !== 'operate').flatMap((right) => named(rightKey(right, ''))),
  ])
  const services = new Set([...named('/services/'), ...named(rightKey('operate', ''))].flatMap(service))
  const documentActions: readonly AccessAction[] = mode === 'strict' ? [...ofDocuments, 'bypass'] : ofDocuments
  const candidates = [
    ...[...documents].flatMap((subject) => documentActions.map((action) => ({ action, subject }))),
    ...[...services].flatMap((subject) => ofServices.map((action) => ({ action, subject }))),
  ]
  const hub: Access = { action: 'hub', subject: '' }
  return isAllowed(hub) ? [hub] : candidates.filter(isAllowed)
}

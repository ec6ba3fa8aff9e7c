import { configKey } from '../config-path.ts'

/** Waypost's own records about configuration, one folder per concern. */
export const recordFolders = {
  heads: '/waypost/config/heads/',
  releases: '/waypost/config/releases/',
  drafts: '/waypost/config/drafts/',
  canaries: '/waypost/config/canaries/',
  schemas: '/waypost/config/schemas/',
  policies: '/waypost/config/policies/',
  consumers: '/waypost/config/consumers/',
  applied: '/waypost/config/applied/',
} as const

/** The release that a path is at: what a publisher compares and sets. */
export function headKey(path: string): string {
  return recordFolders.heads + checked(path)
}

/** One release of a path. */
export function releaseKey(path: string, release: number): string {
  return `${recordFolders.releases}${checked(path)}/${String(release).padStart(releaseDigits, '0')}`
}

/** Holds every release of a path, and may hold more: documents in a folder of the same name. See `releaseOf`. */
export function releaseRange(path: string): { readonly from: string; readonly to: string } {
  const folder = `${recordFolders.releases}${checked(path)}/`
  // A colon follows the digit nine.
  return { from: `${folder}0`, to: `${folder}:` }
}

/** The release that a key of the range stands for; `undefined` for a key of another document. */
export function releaseOf(path: string, key: string): number | undefined {
  const rest = key.slice(recordFolders.releases.length + path.length + 1)
  return rest.length === releaseDigits && /^\d+$/.test(rest) ? Number(rest) : undefined
}

const releaseDigits = 10

export function draftKey(path: string): string {
  return recordFolders.drafts + checked(path)
}

export function canariesKey(path: string): string {
  return recordFolders.canaries + checked(path)
}

/** The JSON Schema of a scope: a path, a folder with its slash at the end, or `''` for everything. */
export function schemaKey(scope: string): string {
  return recordFolders.schemas + checkedScope(scope)
}

/** The policy of a scope. */
export function policyKey(scope: string): string {
  return recordFolders.policies + checkedScope(scope)
}

/** What every live process says of a path, under its process's name. A folder of the same name lies in it too. */
export function appliedPrefix(path: string): string {
  return `${recordFolders.applied}${checked(path)}/`
}

export function appliedKey(path: string, process: string): string {
  return appliedPrefix(path) + process
}

/** The process that a key under the path's prefix belongs to; `undefined` for a key of another document. */
export function appliedProcessOf(path: string, key: string): string | undefined {
  const process = key.slice(recordFolders.applied.length + path.length + 1)
  return process.includes('/') ? undefined : process
}

/** What a live process loads. The process's name is one part of a key: no slash. */
export function consumerKey(process: string): string {
  return recordFolders.consumers + process
}

/**
 * The places a rule about `path` may stand, the most specific first: the path itself, then each folder above it,
 * written with its slash at the end, then all paths (`''`).
 */
export function scopesOf(path: string): readonly string[] {
  const parts = checked(path).split('/')
  const folders = parts.slice(0, -1).map((_, index) => `${parts.slice(0, index + 1).join('/')}/`)
  return [path, ...folders.reverse(), '']
}

function checkedScope(scope: string): string {
  if (scope !== '') configKey(scope.endsWith('/') ? scope.slice(0, -1) : scope)
  return scope
}

function checked(path: string): string {
  configKey(path)
  return path
}

import { invalidArgument } from '@waypost/core'

/** Every document and plain value lives under this prefix. */
export const configPrefix = '/config/'

/** The key of a document or plain value. Throws `invalid-argument` for a path that is none. */
export function configKey(path: string): string {
  checkPath(path)
  return configPrefix + path
}

/** The prefix of all keys whose path starts with `prefix`; `''` for all of them. */
export function configRange(prefix: string): string {
  if (typeof prefix !== 'string') throw invalidArgument(`A prefix must be text, not ${String(prefix)}.`)
  if (prefix.startsWith('/'))
    throw invalidArgument(`The prefix ${JSON.stringify(prefix)} starts with a slash; leave it out.`)
  return configPrefix + prefix
}

/** The path that a key under the prefix stands for. */
export function pathOf(key: string): string {
  return key.slice(configPrefix.length)
}

/** A path is one or more segments between single slashes: `order/application.yaml`. */
function checkPath(path: string): void {
  if (typeof path !== 'string' || path === '') throw invalidArgument('A path must be a non-empty string.')
  if (path.startsWith('/')) throw invalidArgument(`The path ${JSON.stringify(path)} starts with a slash; leave it out.`)
  if (path.endsWith('/'))
    throw invalidArgument(`The path ${JSON.stringify(path)} ends in a slash: it would name a folder.`)
  if (path.includes('//'))
    throw invalidArgument(`The path ${JSON.stringify(path)} has an empty part between two slashes.`)
  if (/\p{Cc}|\p{Cs}/u.test(path))
    throw invalidArgument(`The path ${JSON.stringify(path)} contains a control character.`)
  if (path.split('/').some((segment) => segment === '.' || segment === '..')) {
    throw invalidArgument(`The path ${JSON.stringify(path)} contains "." or "..", which mean nothing in the store.`)
  }
  if (Buffer.byteLength(path) > 1024) throw invalidArgument('The path is longer than 1,024 bytes.')
}

/** The name of an application or profile is one segment of a path. */
export function checkSegment(what: string, name: string): void {
  if (typeof name !== 'string' || name === '') throw invalidArgument(`The ${what} must be a non-empty string.`)
  if (name.includes('/')) throw invalidArgument(`The ${what} ${JSON.stringify(name)} contains a slash.`)
  checkPath(name)
}

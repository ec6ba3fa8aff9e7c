import { configKey } from '../../config-path.ts'

/** What some file system does not take, or would give a meaning to; and the percent sign, which begins an escape. */
const unsafe = /[%\\:*?"<>|]|^\.|[. ]$/g

/** Names that Windows keeps for devices, whatever their extension. */
const device = /^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i

/** At the end of a file's name: a folder of the same name lies beside it. */
const besideFolder = '%'

/**
 * The file that a document is kept in, relative to the directory, with slashes. Characters that are no good in file
 * names, a dot at the beginning among them, are escaped as `%` and two hexadecimal digits: no document can become a
 * hidden file, or leave the directory. `isFolder`: there are documents below a folder of the same name.
 */
export function fileNameOf(path: string, isFolder: boolean): string {
  configKey(path)
  const name = path.split('/').map(escaped).join('/')
  return isFolder ? name + besideFolder : name
}

/** The document that a file stands for. Throws `invalid-argument` when its name is no path. */
export function pathOfFile(fileName: string): string {
  const name = fileName.endsWith(besideFolder) ? fileName.slice(0, -1) : fileName
  const path = name.replace(/%([0-9a-fA-F]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  )
  configKey(path)
  return path
}

function escaped(segment: string): string {
  const safe = segment.replace(unsafe, percent)
  return device.test(safe) ? percent(safe.slice(0, 1)) + safe.slice(1) : safe
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}

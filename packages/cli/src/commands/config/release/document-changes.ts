import type { DocumentChange } from '@waypost/config/admin'
import { type Command, InvalidArgumentError } from 'commander'
import { UsageError } from '../../../command-line/exit-codes.ts'
import { readInput } from '../document-input.ts'
import { collect } from '../identity-options.ts'

/** The documents that one release may consist of besides the one that is given as arguments. */
export interface ChangesOptions {
  readonly file?: ReadonlyMap<string, string>
  readonly delete?: readonly string[]
  readonly expect?: ReadonlyMap<string, number>
  readonly expectedRelease?: number
}

export function addChangesOptions(command: Command): Command {
  return command
    .option('--file <path=file>', 'also release this file at that path; may be repeated', collectFile)
    .option('--delete <path>', 'also delete this document; may be repeated', collect)
    .option('--expect <path=n>', 'fail if that document is not at this release; may be repeated', collectExpected)
}

/** All the documents that are asked for, read. Throws when none is, or one twice. */
export async function readChanges(
  path: string | undefined,
  file: string | undefined,
  { file: files = new Map(), delete: deleted = [], expect = new Map(), expectedRelease }: ChangesOptions,
): Promise<readonly DocumentChange[]> {
  const given = [...(path === undefined ? [] : [[path, file] as const]), ...files]
  const paths = [...given.map(([each]) => each), ...deleted]
  const twice = paths.find((each, index) => paths.indexOf(each) !== index)
  if (twice !== undefined) throw new UsageError(`${twice} is given twice.`)
  if (paths.length === 0) throw new UsageError('Name a document: a path and a file, or --file, or --delete.')
  if (given.filter(([, name]) => name === undefined || name === '-').length > 1) {
    throw new UsageError('Only one document can be read from standard input.')
  }
  if (expectedRelease !== undefined && paths.length > 1) {
    throw new UsageError('--expected-release is for one document. For several, give --expect path=n for each.')
  }
  const stray = [...expect.keys()].find((each) => !paths.includes(each))
  if (stray !== undefined) throw new UsageError(`--expect names ${stray}, which is not released.`)
  const changes: DocumentChange[] = []
  for (const [each, name] of given) {
    changes.push({ path: each, content: await readInput(name), expectedRelease: expect.get(each) ?? expectedRelease })
  }
  for (const each of deleted) {
    changes.push({ path: each, delete: true, expectedRelease: expect.get(each) ?? expectedRelease })
  }
  return changes
}

function collectFile(text: string, before: ReadonlyMap<string, string> = new Map()): ReadonlyMap<string, string> {
  const [path, file] = parsePair(text, 'path=file')
  if (before.has(path)) throw new InvalidArgumentError(`${path} is given twice.`)
  return new Map([...before, [path, file]])
}

function collectExpected(text: string, before: ReadonlyMap<string, number> = new Map()): ReadonlyMap<string, number> {
  const [path, release] = parsePair(text, 'path=release')
  if (!/^\d{1,15}$/.test(release)) throw new InvalidArgumentError('A release is a whole number; 0: it does not exist.')
  return new Map([...before, [path, Number(release)]])
}

function parsePair(text: string, form: string): readonly [string, string] {
  const equals = text.indexOf('=')
  if (equals > 0 && equals < text.length - 1) return [text.slice(0, equals), text.slice(equals + 1)]
  throw new InvalidArgumentError(`It is written ${form}.`)
}

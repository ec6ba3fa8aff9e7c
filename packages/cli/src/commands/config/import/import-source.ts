import { readFile, stat } from 'node:fs/promises'
import type { DocumentTree, ReadTree } from '@waypost/config/admin'
import { messageOf } from '@waypost/core'
import { UsageError } from '../../../command-line/exit-codes.ts'

export const sourceKinds = ['directory', 'apollo', 'nacos', 'consul', 'env'] as const

/** How to read what is imported. */
export interface SourceOptions {
  readonly from?: (typeof sourceKinds)[number]
  readonly env?: string
  readonly app?: readonly string[]
  readonly strip?: string
  readonly path?: string
  readonly separator?: string
  readonly under?: string
}

/** Reads documents from a directory, or from what another system exported. */
export async function readSource(source: string, options: SourceOptions): Promise<ReadTree> {
  const { from = await guessKind(source), env, app: apps, strip: prefix, path, separator } = options
  const lib = await import('@waypost/config/admin')
  if (from === 'directory') return lib.readDirectory(source)
  const content = await read(source)
  if (from === 'apollo') return lib.readApolloExport(content, { env })
  if (from === 'nacos') return lib.readNacosExport(content, { apps })
  if (from === 'consul') return lib.readConsulExport(content, { prefix })
  if (path === undefined) throw new UsageError('A .env file becomes one document: give its --path.')
  return lib.readEnvFile(content, { path, separator })
}

/** The documents, each with something in front of its path. */
export function placedUnder(documents: DocumentTree, folder = ''): DocumentTree {
  return new Map([...documents].map(([path, bytes]) => [folder + path, bytes]))
}

/** Only what cannot be mistaken is told from the file itself. */
async function guessKind(source: string): Promise<NonNullable<SourceOptions['from']>> {
  const found = await stat(source).catch((error: unknown) => {
    throw new UsageError(`${source} cannot be read: ${messageOf(error)}`)
  })
  if (found.isDirectory()) return 'directory'
  throw new UsageError(`Specify the format of ${source}: --from apollo, nacos, consul or env.`)
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${messageOf(error)}`)
  }
}

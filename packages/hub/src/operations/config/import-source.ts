import { type ReadTree, readApolloExport, readConsulExport, readEnvFile, readNacosExport } from '@waypost/config/admin'
import { WaypostError } from '@waypost/core'
import Type, { type Static } from 'typebox'
import { object, oneOf } from '../../operation/schemas.ts'
import { givenBytes } from './document-content.ts'

const word = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 1_024, description }))

export const importSource = object(
  {
    kind: oneOf(
      ['nacos', 'apollo', 'consul', 'env'],
      'The source of the export: the zip archive of Nacos or of Apollo, what `consul kv export` prints, a `.env` file.',
    ),
    content: Type.String({
      minLength: 1,
      maxLength: 32 * 1024 * 1024,
      contentEncoding: 'base64',
      description: 'The file, in base64.',
    }),
    under: word('Prepended to all paths, such as `legacy/`.'),
    env: word('`apollo`: the environment, such as `PRO`. Needed when the export has several.'),
    apps: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 255 }), {
        maxItems: 1_000,
        description: '`nacos`: names of applications. Of `order`, `order-prod.yaml` is the profile `prod`.',
      }),
    ),
    strip: word('`consul`: only keys that start with this; it is removed from the paths.'),
    path: word('`env`: the document to make, such as `order/application.yaml`.'),
    separator: word('`env`: with `__`, `DB__HOST` becomes `db.host`.'),
  },
  { description: 'What another system has exported, instead of `documents`.' },
)

export const skippedEntries = Type.Array(
  object({
    name: Type.String({ description: 'Its name in the export.' }),
    reason: Type.String(),
    harmless: Type.Optional(
      Type.Literal(true, { description: 'It is not a document, so nothing is missing without it.' }),
    ),
  }),
  { description: 'What of `source` was left out, and why.' },
)

/** The documents in it, at their paths. Fails with `invalid-argument` for what is no such export. */
export async function readImportSource(source: Static<typeof importSource>): Promise<ReadTree> {
  const { under = '' } = source
  const { documents, skipped } = await readExport(source, givenBytes({ content: source.content, encoding: 'base64' }))
  return { documents: new Map([...documents].map(([path, bytes]) => [under + path, bytes])), skipped }
}

async function readExport(
  { kind, env, apps, strip, path, separator }: Static<typeof importSource>,
  bytes: Uint8Array,
): Promise<ReadTree> {
  switch (kind) {
    case 'nacos':
      return await readNacosExport(bytes, { apps })
    case 'apollo':
      return await readApolloExport(bytes, { env })
    case 'consul':
      return readConsulExport(bytes, { prefix: strip })
    case 'env':
      if (path === undefined) {
        throw new WaypostError('invalid-argument', 'A .env file becomes one document: say its path.')
      }
      return readEnvFile(bytes, { path, separator })
  }
}

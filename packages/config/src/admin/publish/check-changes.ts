import type { EtcdClient } from '@waypost/client'
import type { Deadline } from '@waypost/core'
import type { ConfigObject, ConfigValue } from '../../config-value.ts'
import { type ConfigDocument, checkDocument } from '../../documents/config-document.ts'
import { layeredFormat } from '../../documents/formats.ts'
import type { JsonPath } from '../../documents/json-path.ts'
import { parseText } from '../../layers/parsed-documents.ts'
import { type ConfigProblem, documentProblem, problemsError } from '../../problem.ts'
import { checksumOf } from '../../records/content.ts'
import { compileSchema } from '../schemas/schema-check.ts'
import { findSchema } from '../schemas/stored-schemas.ts'

/** A document that is about to be released; without bytes it is to be deleted. */
export interface ProposedDocument {
  readonly path: string
  readonly bytes: Uint8Array | undefined
}

/** Throws `invalid-document` when documents do not parse, or do not fit the schema that is stored for them. */
export async function checkDocuments(
  etcd: EtcdClient,
  documents: readonly ProposedDocument[],
  deadline: Deadline,
): Promise<void> {
  const problems = await documentProblems(etcd, documents, deadline)
  if (problems.length > 0) throw problemsError(problems)
}

/** What is wrong with documents by themselves. */
export async function documentProblems(
  etcd: EtcdClient,
  documents: readonly ProposedDocument[],
  deadline: Deadline,
): Promise<readonly ConfigProblem[]> {
  const found = await Promise.all(
    documents.map(async ({ path, bytes }) => {
      if (bytes === undefined) return []
      if (layeredFormat(path) === undefined) return checkDocument(path, bytes)
      const { document, problems } = parseText(path, bytes, checksumOf(bytes)).read
      return problems ?? misfits(etcd, document, deadline)
    }),
  )
  return found.flat()
}

async function misfits(
  etcd: EtcdClient,
  document: ConfigDocument,
  deadline: Deadline,
): Promise<readonly ConfigProblem[]> {
  const { path } = document
  const stored = await findSchema(etcd, path, deadline)
  if (stored === undefined) return []
  const check = await compileSchema(stored.schema)
  const issues = check(document.value, openKeys(document.value))
  const locate = document.locator()
  return issues.map(({ keyPath, message }) => {
    const key = keyPath.length === 0 ? undefined : keyPath.join('.')
    const place = key === undefined ? '' : `${key}: `
    return { ...documentProblem(path, locate(keyPath), `${place}${message} (by the stored schema).`), keyPath: key }
  })
}

/** Placeholders and secrets: what they stand for is not in the document. */
function openKeys(value: ConfigObject): readonly JsonPath[] {
  const open: JsonPath[] = []
  const visit = (child: ConfigValue, path: JsonPath): void => {
    if (typeof child === 'string' && (child.includes('${') || child.startsWith('{cipher}'))) open.push(path)
    else if (typeof child === 'object' && child !== null) {
      for (const [key, below] of Object.entries(child)) visit(below, [...path, key])
    }
  }
  visit(value, [])
  return open
}

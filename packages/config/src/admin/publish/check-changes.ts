import type { EtcdClient } from '@waypost/client'
import type { Deadline } from '@waypost/core'
import type { ConfigObject, ConfigValue } from '../../config-value.ts'
import { type ConfigDocument, checkDocument } from '../../documents/config-document.ts'
import { layeredFormat } from '../../documents/formats.ts'
import type { JsonPath } from '../../documents/json-path.ts'
import { placesAside } from '../../documents/places-aside.ts'
import { placeMisfits } from '../../layers/origins.ts'
import { parseAside } from '../../layers/parsed-documents.ts'
import { type ConfigProblem, documentProblem, problemsError } from '../../problem.ts'
import { checksumOf } from '../../records/content.ts'
import type { DocumentChecks } from '../schemas/document-checks.ts'
import { compileSchema } from '../schemas/schema-check.ts'
import { findSchema } from '../schemas/stored-schemas.ts'
import { resolveProposed } from './resolve-proposed.ts'

/** A document that is about to be released; without bytes it is to be deleted. */
export interface ProposedDocument {
  readonly path: string
  readonly bytes: Uint8Array | undefined
}

/** What documents are checked by. */
export interface CheckParts {
  readonly etcd: EtcdClient
  readonly checks: DocumentChecks
}

/** Throws `invalid-document` when documents do not parse, or do not fit the schema that is stored for them. */
export async function checkDocuments(
  parts: CheckParts,
  documents: readonly ProposedDocument[],
  deadline: Deadline,
): Promise<void> {
  const problems = await documentProblems(parts, documents, deadline)
  if (problems.length > 0) throw problemsError(problems)
}

/** What is wrong with documents by themselves. */
export async function documentProblems(
  parts: CheckParts,
  documents: readonly ProposedDocument[],
  deadline: Deadline,
): Promise<readonly ConfigProblem[]> {
  const proposed = new Map(documents.map(({ path, bytes }) => [path, bytes]))
  const found = await Promise.all(
    documents.map(async ({ path, bytes }) => {
      if (bytes === undefined) return []
      if (layeredFormat(path) === undefined) return checkDocument(path, bytes)
      const { document, problems } = (await parseAside(path, bytes, checksumOf(bytes))).read
      return problems ?? misfits(parts, document, bytes, proposed, deadline)
    }),
  )
  return found.flat()
}

async function misfits(
  { etcd, checks }: CheckParts,
  document: ConfigDocument,
  bytes: Uint8Array,
  proposed: ReadonlyMap<string, Uint8Array | undefined>,
  deadline: Deadline,
): Promise<readonly ConfigProblem[]> {
  const { path } = document
  const stored = await findSchema(etcd, path, deadline)
  if (stored === undefined) return []
  const check = await compileSchema(stored.schema)
  const issues = check(document.value, openKeys(document.value))
  const named = checks.of(stored.schema)
  if (issues.length === 0 && named !== undefined) {
    if (typeof named === 'string') return [documentProblem(path, undefined, `${named}.`)]
    const { config, problems } = await resolveProposed(etcd, path, proposed, deadline)
    if (problems) return problems
    const found = await named(config.value, config.unresolved)
    return placeMisfits(
      config.layers,
      found.slice(0, maxProblems).map(({ keyPath, message }) => ({ keys: keyPath, reason: `${message}.` })),
    )
  }
  const keys = issues.map(({ keyPath }) => keyPath)
  const places = await placesAside(document, bytes, keys)
  return issues.map(({ keyPath, message }, index) => {
    const key = keyPath.length === 0 ? undefined : keyPath.join('.')
    const place = key === undefined ? '' : `${key}: `
    return { ...documentProblem(path, places[index], `${place}${message} (by the stored schema).`), keyPath: key }
  })
}

/** More are not reported. */
const maxProblems = 100

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

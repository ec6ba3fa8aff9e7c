import type { EtcdClient } from '@waypost/client'
import { checkDocument, readDocument } from '../documents/config-document.ts'
import { layeredFormat } from '../documents/document-format.ts'
import { type ConfigProblem, documentProblem, problemsError } from '../problem.ts'
import { compileSchema } from '../schemas/schema-check.ts'
import { findSchema } from '../schemas/stored-schemas.ts'
import type { Deadline } from './deadline.ts'
import type { PlannedChange } from './planned-change.ts'
import type { ValidationLevel } from './publish-options.ts'
import { makesRelease, type ReleaseStep } from './release-write.ts'

/** Throws `invalid-document` when a change is not fit to be released. */
export async function checkChanges(
  etcd: EtcdClient,
  steps: readonly ReleaseStep[],
  level: ValidationLevel,
  deadline: Deadline,
): Promise<void> {
  if (level === 'none') return
  const changing = steps.filter(makesRelease).map(({ change }) => change)
  await checkDocuments(etcd, changing, deadline)
}

/** Throws what is wrong with documents by themselves: they do not parse, or do not fit the schema stored for them. */
export async function checkDocuments(
  etcd: EtcdClient,
  documents: readonly Pick<PlannedChange, 'path' | 'bytes'>[],
  deadline: Deadline,
): Promise<void> {
  const found = await Promise.all(
    documents.map(async ({ path, bytes }) => {
      if (bytes === undefined) return []
      const syntax = checkDocument(path, bytes)
      return syntax.length > 0 ? syntax : misfits(etcd, path, bytes, deadline)
    }),
  )
  const problems = found.flat()
  if (problems.length > 0) throw problemsError(problems)
}

async function misfits(
  etcd: EtcdClient,
  path: string,
  bytes: Uint8Array,
  deadline: Deadline,
): Promise<readonly ConfigProblem[]> {
  if (layeredFormat(path) === undefined) return []
  const stored = await findSchema(etcd, path, deadline)
  if (stored === undefined) return []
  const { document } = readDocument(path, bytes, 0n)
  if (document === undefined) return []
  const issues = compileSchema(stored.schema)(document.value)
  const locate = document.locator()
  return issues.map(({ keyPath, message }) => {
    const key = keyPath.length === 0 ? '' : `${keyPath.join('.')} `
    const problem = documentProblem(path, locate(keyPath), `${key}${message} (by the stored schema).`)
    return { ...problem, keyPath: keyPath.length === 0 ? undefined : keyPath.join('.') }
  })
}

import type { Operation } from '../../operation/operation.ts'
import { explainConfig, readEffective } from './effective.ts'
import { diffConfig, readHistoryPage, readRelease } from './history.ts'
import { listDocuments } from './list-documents.ts'
import { readDocument, readRawDocument } from './read-document.ts'
import { searchDocuments } from './search-documents.ts'

/** Operations on configuration. */
export const configOperations: readonly Operation[] = [
  listDocuments,
  searchDocuments,
  readDocument,
  readRawDocument,
  readEffective,
  explainConfig,
  readHistoryPage,
  readRelease,
  diffConfig,
]

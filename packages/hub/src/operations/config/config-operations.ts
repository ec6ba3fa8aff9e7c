import type { Operation } from '../../operation/operation.ts'
import { abortCanary, createCanary, previewCanary, promoteCanary, raiseCanary, readCanaries } from './canaries.ts'
import {
  approveDraft,
  discardDraft,
  listDrafts,
  publishDraft,
  readDraft,
  rejectDraft,
  saveDraft,
  submitDraft,
} from './drafts.ts'
import { explainConfig, readEffective } from './effective.ts'
import { diffConfig, readHistoryPage, readRelease } from './history.ts'
import { listDocuments } from './list-documents.ts'
import { exportDocuments, importDocuments } from './move.ts'
import { deleteDocument, publishAll, publishDocument, rollbackDocument, validateDocumentChange } from './publish.ts'
import { readDocument, readRawDocument } from './read-document.ts'
import { deletePolicy, deleteSchema, listPolicies, listSchemas, readSchema, setPolicy, setSchema } from './rules.ts'
import { searchDocuments } from './search-documents.ts'
import { readStatus } from './status.ts'

/** Operations on configuration. */
export const configOperations: readonly Operation[] = [
  listDocuments,
  searchDocuments,
  readDocument,
  readRawDocument,
  readEffective,
  explainConfig,
  validateDocumentChange,
  publishDocument,
  publishAll,
  deleteDocument,
  rollbackDocument,
  readStatus,
  readHistoryPage,
  readRelease,
  diffConfig,
  listDrafts,
  readDraft,
  saveDraft,
  submitDraft,
  approveDraft,
  rejectDraft,
  publishDraft,
  discardDraft,
  readCanaries,
  previewCanary,
  createCanary,
  raiseCanary,
  promoteCanary,
  abortCanary,
  listSchemas,
  readSchema,
  setSchema,
  deleteSchema,
  listPolicies,
  setPolicy,
  deletePolicy,
  exportDocuments,
  importDocuments,
]

import type { ConfigProblem } from '../../problem.ts'
import { type DocumentDiff, diffDocuments } from '../diff/document-diff.ts'
import type { AffectedProcesses } from './live-impact.ts'
import { makesRelease, type ReleaseStep } from './release-write.ts'

/** What a publish would do. */
export interface PublishPreview {
  /** In the order in which they were given. */
  readonly documents: readonly DocumentPreview[]
  /** Why the documents would be refused by themselves; empty when they would not. */
  readonly problems: readonly ConfigProblem[]
  /** Who among the live processes would change from what to what, and who would reject it. */
  readonly affected: readonly AffectedProcesses[]
  /** A policy keeps it from being released without approval. */
  readonly needsApproval: boolean
}

export interface DocumentPreview extends DocumentDiff {
  readonly path: string
  /** The release that it would be. */
  readonly release: number
  /** The document is unchanged: no release would be made. */
  readonly unchanged: boolean
}

export async function previewDocument(step: ReleaseStep): Promise<DocumentPreview> {
  const { change, state } = step
  const unchanged = !makesRelease(step)
  const release = unchanged ? state.recorded : state.recorded + 1
  const from = { label: `release ${state.recorded}`, bytes: state.document?.bytes }
  const to = { label: `release ${release}`, bytes: change.bytes }
  return { path: change.path, release, unchanged, ...(await diffDocuments(change.path, from, to)) }
}

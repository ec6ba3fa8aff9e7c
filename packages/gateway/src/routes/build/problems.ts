import { messageOf } from '@waypost/core'

/** The steps from the top of the document to a part of it. */
export type DocumentPath = readonly (string | number)[]

/** What is wrong with a part of the document: a sentence without its full stop. */
export interface DocumentIssue {
  readonly path: DocumentPath
  readonly message: string
}

/** More are not reported. */
const maxIssues = 100

/** Collects what is wrong with a document, so that its author hears of everything at once. */
export class Problems {
  readonly issues: DocumentIssue[] = []

  report(path: DocumentPath, message: string): void {
    if (this.issues.length < maxIssues) this.issues.push({ path, message })
  }

  /** What `make` returns; when it throws, its message is reported and `undefined` returned. */
  attempt<T>(path: DocumentPath, make: () => T): T | undefined {
    try {
      return make()
    } catch (error) {
      this.report(path, messageOf(error))
      return undefined
    }
  }
}

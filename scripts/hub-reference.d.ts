interface ReferencedOperation {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly tag: string
  readonly summary: string
  readonly live?: unknown
}

export function referencePages(operations: readonly ReferencedOperation[]): Map<string, string>

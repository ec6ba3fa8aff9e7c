import type { Position } from '../problem.ts'

/** One thing that is wrong with a text, as a sentence without its full stop. */
export interface TextProblem {
  readonly message: string
  readonly position: Position
}

/** The text is not what its format asks for. */
export class DocumentSyntaxError extends Error {
  readonly problems: readonly TextProblem[]

  constructor(problems: readonly TextProblem[]) {
    super(problems[0]?.message ?? 'The text is malformed')
    this.problems = problems
  }

  static at(message: string, position: Position): DocumentSyntaxError {
    return new DocumentSyntaxError([{ message, position }])
  }
}

/** A piece of a text that fits into a message. */
export function excerpt(source: string): string {
  return source.length <= 40 ? source : `${source.slice(0, 40)}…`
}

/** Editors and `cat` leave such marks behind, and nobody sees that a key has one. */
export const strayMark = 'There is an invisible byte order mark in the middle of the document; remove it'

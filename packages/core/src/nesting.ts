/** The deepest nesting that documents and JSON from outside may have, so that recursion cannot exhaust the stack. */
export const maxNestingDepth = 100

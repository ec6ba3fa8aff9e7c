/** Without who stands for which election: that is for the timeline. */
const kinds = [
  'instance.*',
  'override.*',
  'release.*',
  'document.*',
  'canary.*',
  'draft.*',
  'config.*',
  'leader.*',
  'schedule.*',
  'queue.*',
  'timeline.*',
].join(',')

/** What the feed of the overview asks for. */
export const feedInput = { query: { kind: kinds, limit: 40 } } as const

/** More names than this at once are told as the first part of each. */
const maxTopics = 256

/**
 * What a key is about, for whoever shows it: `services/<service>`, `config/<path>`, `waypost/<concern>/<kind>`, and
 * `keys/<first part>` for all others.
 */
export function topicOf(key: string): string {
  const [first = '', second = '', third = ''] = key.replace(/^\//, '').split('/', 3)
  if (first === 'services') return `services/${second}`
  if (first === 'config') return key.replace(/^\//, '')
  if (first === 'waypost') return third === '' ? `waypost/${second}` : `waypost/${second}/${third}`
  return `keys/${first}`
}

/** At most 256 topics that cover the given ones. */
export function bounded(topics: ReadonlySet<string>): readonly string[] {
  if (topics.size <= maxTopics) return [...topics]
  return [...new Set([...topics].map((topic) => topic.split('/', 1)[0] ?? topic))]
}

/**
 * What the stream of changes calls the keys below a prefix: `services/<service>`, `config/<path>`,
 * `waypost/<concern>/<kind>`, `keys/<first part>`. A part that may go on is left out: its parent covers it.
 */
export function topicsOf(prefix: string): readonly string[] {
  const parts = prefix.replace(/^\//, '').split('/').slice(0, -1)
  const [first, ...more] = parts
  if (first === undefined) return ['services', 'config', 'waypost', 'keys']
  if (first === 'services') return [['services', ...more.slice(0, 1)].join('/')]
  if (first === 'config') return [['config', ...more].join('/')]
  if (first === 'waypost') return [['waypost', ...more.slice(0, 2)].join('/')]
  return [`keys/${first}`]
}

/** The parts of a JSON Schema that completion reads. */
export interface Schema {
  readonly type?: string
  readonly description?: string
  readonly properties?: Readonly<Record<string, unknown>>
  readonly required?: readonly string[]
  readonly items?: unknown
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly default?: unknown
  readonly $ref?: string
  readonly anyOf?: readonly unknown[]
  readonly allOf?: readonly unknown[]
}

/** How deep references are followed, so that a schema that refers to itself ends. */
const maxReferences = 8

export function schemaOf(value: unknown): Schema | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
}

/** The schema of what is at a path of names; a list's elements have the path of the list. */
export function schemaAt(root: Schema, path: readonly string[], from: Schema = root): Schema | undefined {
  let schema = resolved(root, from)
  for (const name of path) {
    if (schema?.items !== undefined) schema = resolved(root, schemaOf(schema.items))
    schema = resolved(root, schemaOf(schema?.properties?.[name]))
    if (schema === undefined) return undefined
  }
  return schema?.items !== undefined && schema.properties === undefined
    ? resolved(root, schemaOf(schema.items))
    : schema
}

function resolved(root: Schema, schema: Schema | undefined, references = 0): Schema | undefined {
  if (schema === undefined || references > maxReferences) return undefined
  if (schema.$ref !== undefined) return resolved(root, pointed(root, schema.$ref), references + 1)
  const parts = [...(schema.allOf ?? []), ...(schema.anyOf ?? [])]
    .map((part) => resolved(root, schemaOf(part), references + 1))
    .filter((part) => part !== undefined)
  if (parts.length === 0) return schema
  return {
    ...Object.assign({}, ...parts),
    ...schema,
    properties: Object.assign({}, ...parts.map((part) => part.properties), schema.properties),
  }
}

/** RFC 6901, within the document. */
function pointed(root: Schema, reference: string): Schema | undefined {
  if (!reference.startsWith('#')) return undefined
  let value: unknown = root
  for (const part of reference.slice(1).split('/').filter(Boolean)) {
    const name = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')
    value = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
  }
  return schemaOf(value)
}

import type { Completion, CompletionContext, CompletionResult, CompletionSource } from '@codemirror/autocomplete'
import { type Schema, schemaAt, schemaOf } from './schema-walk.ts'
import { type Place, placeInJson, placeInYaml } from './text-place.ts'

/** Offers the names that the schema knows at the place of the cursor, and the values that it allows there. */
export function schemaCompletion(schema: unknown, path: string): CompletionSource {
  const root = schemaOf(schema)
  const isJson = path.toLowerCase().endsWith('.json')
  return (context) => {
    if (root === undefined) return null
    const before = context.state.doc.sliceString(0, context.pos)
    const place = isJson ? placeInJson(before) : placeInYaml(before)
    return place === undefined ? null : complete(root, place, context, isJson)
  }
}

function complete(root: Schema, place: Place, context: CompletionContext, isJson: boolean): CompletionResult | null {
  const schema = schemaAt(root, place.path)
  if (schema === undefined) return null
  const from = context.pos - place.typed.length
  if (place.typed === '' && !context.explicit && place.kind === 'name') return null
  const options = place.kind === 'name' ? names(root, schema, isJson) : values(schema, isJson)
  return options.length === 0 ? null : { from, options, validFor: /^[\w."-]*$/ }
}

function names(root: Schema, schema: Schema, isJson: boolean): Completion[] {
  const required = new Set(schema.required ?? [])
  return Object.keys(schema.properties ?? {}).map((name) => {
    const property = schemaAt(root, [name], schema)
    const isFolder = property?.type === 'object' || property?.properties !== undefined
    return {
      label: name,
      type: 'property',
      detail: [property?.type, required.has(name) ? 'required' : ''].filter(Boolean).join(', '),
      ...(property?.description === undefined ? {} : { info: property.description }),
      apply: isJson ? `"${name}": ` : isFolder ? `${name}:\n` : `${name}: `,
      boost: required.has(name) ? 1 : 0,
    }
  })
}

function values(schema: Schema, isJson: boolean): Completion[] {
  const shown = (value: unknown): string => (isJson || typeof value !== 'string' ? JSON.stringify(value) : value)
  const allowed = schema.enum ?? (schema.const === undefined ? [] : [schema.const])
  if (allowed.length > 0) return allowed.map((value) => ({ label: shown(value), type: 'enum' }))
  if (schema.type === 'boolean') return ['true', 'false'].map((label) => ({ label, type: 'keyword' }))
  return schema.default === undefined ? [] : [{ label: shown(schema.default), type: 'constant', detail: 'default' }]
}

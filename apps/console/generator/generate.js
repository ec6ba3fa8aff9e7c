// node apps/console/generator/generate.js [--check]: writes src/api/operations.gen.ts, the types and routes of every
// operation, from the hub's OpenAPI document. --check compares and changes nothing.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'

const target = fileURLToPath(new URL('../src/api/operations.gen.ts', import.meta.url))

/** The module's text for an OpenAPI 3.1 document. */
export function operationsModule(document) {
  const operations = []
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const [method, operation] of Object.entries(item)) {
      if (operation?.operationId !== undefined) operations.push({ path, method: method.toUpperCase(), operation })
    }
  }
  operations.sort((a, b) => (a.operation.operationId < b.operation.operationId ? -1 : 1))
  const schemas = Object.entries(document.components?.schemas ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  return [
    "// Generated from the hub's OpenAPI document by generator/generate.js. Do not edit.",
    '',
    ...schemas.map(([name, schema]) => `export type ${typeName(name)} = ${typeOf(schema, 0)}\n`),
    'export interface Operations {',
    ...operations.map(({ operation }) => `  ${member(operation.operationId)}: ${shapeOf(operation)}`),
    '}',
    '',
    '/** Method and path of each. */',
    'export const routes: Readonly<Record<keyof Operations, readonly [method: string, path: string]>> = {',
    ...operations.map(
      ({ operation, method, path }) => `  ${member(operation.operationId)}: [${quote(method)}, ${quote(path)}],`,
    ),
    '}',
    '',
  ].join('\n')
}

function shapeOf(operation) {
  const parameters = operation.parameters ?? []
  const part = (place) => {
    const own = parameters.filter((parameter) => parameter.in === place)
    const fields = own.map(
      ({ name, required, schema, description }) =>
        `${comment(description, 6)}      ${member(name)}${required ? '' : '?'}: ${typeOf(schema ?? {}, 3)}${required ? '' : ' | undefined'}`,
    )
    return fields.length === 0 ? 'Record<never, never>' : `{\n${fields.join('\n')}\n    }`
  }
  const body = operation.requestBody?.content?.['application/json']?.schema
  return [
    '{',
    `    params: ${part('path')}`,
    `    query: ${part('query')}`,
    `    body: ${body === undefined ? 'undefined' : typeOf(body, 2)}`,
    `    result: ${resultOf(operation.responses ?? {})}`,
    '  }',
  ].join('\n')
}

function resultOf(responses) {
  const types = new Set()
  for (const [status, response] of Object.entries(responses)) {
    if (!/^2\d\d$/.test(status)) continue
    const { schema } = response.content?.['application/json'] ?? {}
    if (schema !== undefined) types.add(typeOf(schema, 2))
    else types.add(response.content === undefined ? 'undefined' : 'string')
  }
  return types.size === 0 ? 'undefined' : [...types].join(' | ')
}

function typeOf(schema, depth) {
  if (schema === true || schema === undefined) return 'unknown'
  if (schema === false) return 'never'
  if (schema.$ref !== undefined) return typeName(schema.$ref.split('/').at(-1))
  if (schema.const !== undefined) return literal(schema.const)
  if (schema.enum !== undefined) return schema.enum.map(literal).join(' | ')
  const options = schema.anyOf ?? schema.oneOf
  if (options !== undefined) return unique(options.map((option) => typeOf(option, depth))).join(' | ')
  if (schema.allOf !== undefined) return schema.allOf.map((each) => `(${typeOf(each, depth)})`).join(' & ')
  if (Array.isArray(schema.type))
    return unique(schema.type.map((type) => typeOf({ ...schema, type }, depth))).join(' | ')
  switch (schema.type) {
    case 'string':
      return 'string'
    case 'number':
    case 'integer':
      return 'number'
    case 'boolean':
      return 'boolean'
    case 'null':
      return 'null'
    case 'array':
      return `readonly ${wrapped(typeOf(schema.items, depth))}[]`
    case 'object':
      return objectType(schema, depth)
    default:
      return schema.properties === undefined ? 'unknown' : objectType(schema, depth)
  }
}

function objectType(schema, depth) {
  const indent = '  '.repeat(depth + 1)
  const required = new Set(schema.required ?? [])
  const fields = Object.entries(schema.properties ?? {}).map(
    ([name, property]) =>
      `${comment(property.description, indent.length)}${indent}${member(name)}${required.has(name) ? '' : '?'}: ${typeOf(property, depth + 1)}`,
  )
  const pattern = Object.values(schema.patternProperties ?? {})[0]
  const extra = pattern ?? schema.additionalProperties
  if (fields.length === 0) return `Record<string, ${extra === false ? 'never' : typeOf(extra, depth)}>`
  const object = `{\n${fields.join('\n')}\n${'  '.repeat(depth)}}`
  return extra === undefined || extra === false ? object : `${object} & Record<string, unknown>`
}

function wrapped(type) {
  return /[|&]/.test(type) && !/^\{[\s\S]*\}$/.test(type)
    ? `(${type})`
    : type.startsWith('readonly ')
      ? `(${type})`
      : type
}

function unique(values) {
  return [...new Set(values)]
}

function comment(description, indent) {
  if (description === undefined) return ''
  return `${' '.repeat(indent)}/** ${description.replaceAll('*/', '* /').replace(/\s+/g, ' ').trim()} */\n`
}

function literal(value) {
  return typeof value === 'string' ? quote(value) : JSON.stringify(value)
}

function quote(text) {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

function member(name) {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quote(name)
}

function typeName(name) {
  return name.replace(/[^\w]+(\w?)/g, (_, letter) => letter.toUpperCase())
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const hub = new URL('../../../packages/hub/dist/', import.meta.url)
  const { openApiDocument } = await import(new URL('openapi/document.js', hub).href)
  const { operationList } = await import(new URL('operations/operation-list.js', hub).href)
  const text = operationsModule(openApiDocument(operationList, '0.0.0'))
  if (!process.argv.includes('--check')) writeFileSync(target, text)
  else if (readFileSync(target, 'utf8') !== text) {
    console.error('apps/console/src/api/operations.gen.ts is not what the hub describes: run npm run generate.')
    process.exitCode = 1
  }
}

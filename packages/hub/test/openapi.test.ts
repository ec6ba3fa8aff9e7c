import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { referencePages } from '../../../scripts/hub-reference.js'
import { openApiDocument } from '../src/openapi/document.ts'
import { operationList } from '../src/operations/operation-list.ts'

describe('the operations', () => {
  it('have names, paths and parameters of their own', () => {
    const ids = operationList.map(({ id }) => id)
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
    const routes = operationList.map(({ method, path }) => `${method} ${path.replace(/\{\w+\}/g, '{}')}`)
    expect(routes.filter((route, index) => routes.indexOf(route) !== index)).toEqual([])
    for (const { id, path, params } of operationList) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      expect([id, Object.keys(params?.properties ?? {}).toSorted()]).toEqual([id, inPath.toSorted()])
    }
  })

  it('have schemas that a validator takes, and examples that fit them', () => {
    const ajv = new Ajv({ strict: false, coerceTypes: 'array' })
    for (const { id, query, body, responses, example } of operationList) {
      if (body !== undefined && example?.body !== undefined) {
        const validate = ajv.compile(body)
        expect([id, validate(structuredClone(example.body)), validate.errors]).toEqual([id, true, null])
      }
      if (query !== undefined && example?.query !== undefined) {
        const validate = ajv.compile(query)
        expect([id, validate({ ...example.query }), validate.errors]).toEqual([id, true, null])
      }
      for (const { schema } of Object.values(responses)) if (schema !== undefined) ajv.compile(schema)
    }
  })
})

describe('the OpenAPI document', () => {
  const document = openApiDocument(operationList, '1.2.3')

  it('is JSON, and every reference in it leads somewhere', () => {
    const text = JSON.stringify(document)
    expect(document).toMatchObject({ openapi: expect.stringMatching(/^3\.1\./), info: { version: '1.2.3' } })
    const references = [...text.matchAll(/"\$ref":"(#[^"]+)"/g)].map(([, reference = '']) => reference)
    for (const reference of new Set(references)) {
      let found: unknown = JSON.parse(text)
      for (const name of reference.slice(2).split('/')) found = Reflect.get(Object(found), name)
      expect([reference, found]).not.toEqual([reference, undefined])
    }
  })

  it('names every operation once', () => {
    const ids = [...JSON.stringify(document).matchAll(/"operationId":"([^"]+)"/g)].map(([, id]) => id)
    expect(ids.toSorted()).toEqual(operationList.map(({ id }) => id).toSorted())
  })
})

it('the reference lists every operation: node scripts/hub-reference.js writes it', () => {
  for (const [file, text] of referencePages(operationList)) {
    const written = readFileSync(new URL(`../../../docs/reference/${file}`, import.meta.url), 'utf8')
    expect(written, file).toBe(text)
    expect(operationList.filter(({ id }) => !written.includes(`\`${id}\``)).map(({ id }) => id)).toEqual([])
  }
})

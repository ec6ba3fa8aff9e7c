import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { jsonSchemaOf } from './json-schema.ts'
import type { StandardSchema } from './standard-schema.ts'

function schema(more: object, standard: object = {}): StandardSchema {
  return { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }), ...standard }, ...more }
}

describe('the JSON Schema of a schema', () => {
  it('comes from zod, for what goes in', () => {
    const made = jsonSchemaOf(z.object({ pool: z.number().int().default(10), mode: z.enum(['a', 'b']) }))
    expect(made).toMatchObject({ type: 'object', required: ['mode'], properties: { pool: { type: 'integer' } } })
  })

  it('comes from any library with Standard JSON Schema', () => {
    const asked: unknown[] = []
    const jsonSchema = {
      input: (options: unknown) => {
        asked.push(options)
        return { type: 'object' }
      },
    }
    expect(jsonSchemaOf(schema({}, { jsonSchema }))).toEqual({ type: 'object' })
    expect(asked).toEqual([{ target: 'draft-2020-12' }])
  })

  it('comes from a toJsonSchema method', () => {
    const arktype = { toJsonSchema: () => ({ type: 'string' }) }
    expect(jsonSchemaOf(schema(arktype))).toEqual({ type: 'string' })
  })

  it.each<[string, StandardSchema<unknown, unknown>]>([
    ['that offers none', schema({})],
    ['that JSON Schema cannot express', z.object({ at: z.date() })],
    ['whose answer is too large', schema({ toJsonSchema: () => ({ description: 'x'.repeat(200_000) }) })],
    ['whose answer is no object', schema({ toJsonSchema: () => true })],
  ])('is unknown for one %s', (_which, given) => {
    expect(jsonSchemaOf(given)).toBeUndefined()
  })
})

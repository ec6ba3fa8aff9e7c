import { CompletionContext } from '@codemirror/autocomplete'
import { EditorState } from '@codemirror/state'
import { expect, test } from 'vitest'
import { schemaCompletion } from './schema-completion.ts'

const schema = {
  type: 'object',
  required: ['server'],
  properties: {
    server: { $ref: '#/$defs/server' },
    level: { enum: ['debug', 'info'] },
    routes: {
      type: 'array',
      items: { type: 'object', properties: { path: { type: 'string' }, isOpen: { type: 'boolean' } } },
    },
  },
  $defs: {
    server: { type: 'object', properties: { port: { type: 'integer', default: 3000 }, host: { type: 'string' } } },
  },
}

async function offered(path: string, text: string): Promise<string[]> {
  const context = new CompletionContext(EditorState.create({ doc: text }), text.length, true)
  const result = await schemaCompletion(schema, path)(context)
  return result?.options.map(({ label }) => label) ?? []
}

test('offers the names of the level that the cursor is in, and the values that are allowed', async () => {
  expect(await offered('a.yaml', 's')).toEqual(['server', 'level', 'routes'])
  expect(await offered('a.yaml', 'server:\n  p')).toEqual(['port', 'host'])
  expect(await offered('a.yaml', 'server:\n  host: x\nlevel: ')).toEqual(['debug', 'info'])
  expect(await offered('a.yaml', 'routes:\n  - path: /\n    is')).toEqual(['path', 'isOpen'])
  expect(await offered('a.yaml', 'routes:\n  - isOpen: ')).toEqual(['true', 'false'])
  expect(await offered('a.yaml', '# s')).toEqual([])
})

test('reads JSON by its brackets', async () => {
  expect(await offered('a.json', '{ "server": { "po')).toEqual(['port', 'host'])
  expect(await offered('a.json', '{ "server": { "port": 1 }, "')).toEqual(['server', 'level', 'routes'])
  expect(await offered('a.json', '{ "level": ')).toEqual(['"debug"', '"info"'])
  expect(await offered('a.json', '{ "routes": [{ "')).toEqual(['path', 'isOpen'])
})

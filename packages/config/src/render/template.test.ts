import { WaypostError } from '@waypost/core'
import { expect, test } from 'vitest'
import { Template } from './template.ts'
import type { TemplateFilter, TemplateSource } from './template-source.ts'

function source(filters: Record<string, TemplateFilter>): TemplateSource {
  return { filters, onChange: () => {}, close: async () => {} }
}

const values = source({
  document: async () => ({ db: { host: 'h', ports: [1, 2] }, none: null }),
  options: async (subject, options) => JSON.stringify([subject, options]),
  broken: async () => {
    throw new WaypostError('not-found', 'There is no such thing.')
  },
  never: () => new Promise(() => {}),
})

async function render(text: string, options = {}): Promise<string> {
  const template = await Template.parse('a.liquid', text, [values], { env: { HOME: '/h' }, ...options })
  return template.render()
}

test('values, loops, conditions and named options', async () => {
  const loop = `{%- assign c = 'x' | document -%}{% for p in c.db.ports %}{{ c.db.host }}:{{ p }};{% endfor %}`
  expect(await render(loop)).toBe('h:1;h:2;')
  expect(await render(`{{ 'order' | options: profile: 'p', zone: "z" }}`)).toBe('["order",{"profile":"p","zone":"z"}]')
  expect(await render('{{ env.HOME }} {% if env.NONE %}x{% endif %}{{ env.NONE | default: "d" }}')).toBe('/h d')
  expect(await render('a & <b>\r\n')).toBe('a & <b>\r\n')
})

test('what is wrong is named with its place', async () => {
  const failing = async (text: string, options = {}) => render(text, options).then(String, (error: unknown) => error)
  expect(await failing('\n{% if %}')).toMatchObject({
    code: 'invalid-argument',
    message: expect.stringMatching(/^a\.liquid:2:6: /),
  })
  expect(await failing('\n {{ nothing }}')).toMatchObject({ message: 'a.liquid:2:5: undefined variable: nothing' })
  expect(await failing(`{{ 'x' | nofilter }}`)).toMatchObject({
    code: 'invalid-argument',
    message: expect.stringContaining('nofilter'),
  })
  expect(await failing(`{{ 'x' | broken }}`)).toMatchObject({
    code: 'not-found',
    message: 'a.liquid:1:1: There is no such thing.',
  })
  expect(await failing(`{{ 'x' | never }}`, { timeoutMs: 20 })).toMatchObject({ code: 'deadline-exceeded' })
})

test('a template reaches neither code nor files, and cannot run away', async () => {
  for (const text of [
    `{% include 'package.json' %}`,
    `{% render 'package.json' %}`,
    `{% layout 'package.json' %}`,
    `{{ env.constructor }}`,
    `{% assign c = 'x' | document %}{{ c.db.__proto__ }}`,
    `{% assign c = 'x' | document %}{{ c.db.ports.map }}`,
    `{% for i in (1..1000000000) %}x{% endfor %}`,
  ]) {
    await expect(render(text), text).rejects.toThrow(WaypostError)
  }
})

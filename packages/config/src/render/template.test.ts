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

test.each([
  ['tablerow over nothing', `{% tablerow i in (1..40000000) %}{% endtablerow %}`],
  ['for over nothing', `{% for i in (1..40000000) %}{% endfor %}`],
  [
    'loops in loops',
    `{% for i in (1..3000) %}{% for j in (1..3000) %}{% for k in (1..3000) %}{% endfor %}{% endfor %}{% endfor %}`,
  ],
  [
    'tablerows in tablerows',
    `{% tablerow i in (1..9000) %}{% tablerow j in (1..9000) %}{% endtablerow %}{% endtablerow %}`,
  ],
  [
    'a text that doubles',
    `{% assign a = 'x' %}{% for i in (1..60) %}{% assign a = a | append: a %}{% endfor %}{{ a }}`,
  ],
  [
    'replacements that double',
    `{% assign a = 'xx' %}{% for i in (1..60) %}{% assign a = a | replace: 'x', 'xxxx' %}{% endfor %}`,
  ],
  [
    'lists that double',
    `{% assign a = 'x,y' | split: ',' %}{% for i in (1..60) %}{% assign a = a | concat: a %}{% endfor %}`,
  ],
  [
    'captures that double',
    `{% assign a = 'x' %}{% for i in (1..60) %}{% capture b %}{{ a }}{{ a }}{% endcapture %}{% assign a = b %}{% endfor %}`,
  ],
  ['a date of enormous width', `{{ '2024-01-01' | date: '%900000000Y' }}`],
  [
    'tags of HTML without an end',
    `{% assign a = '<' %}{% for i in (1..18) %}{% assign a = a | append: a %}{% endfor %}{{ a | strip_html }}`,
  ],
  [
    'sorting again and again',
    `{% assign a = (1..200000) %}{% for i in (1..100000) %}{% assign b = a | sort | reverse | uniq %}{% endfor %}`,
  ],
])('%s ends, and holds nobody up', async (name, text) => {
  // What grows needs the time to meet the limit of memory.
  const timeoutMs = /double|enormous|tags/.test(name) ? 1_500 : 300
  let turns = 0
  const others = setInterval(() => turns++, 5)
  const before = performance.now()
  try {
    const ended: unknown = await render(text, { timeoutMs }).then(
      (rendered) => rendered.length,
      (error: unknown) => error,
    )
    if (typeof ended !== 'number') expect(ended).toBeInstanceOf(WaypostError)
    else expect(ended).toBeLessThan(60_000_000)
    expect(turns).toBeGreaterThan((performance.now() - before) / 100)
  } finally {
    clearInterval(others)
  }
})

import { errorCodes } from '@waypost/core'
import type { TSchema } from 'typebox'
import { escapeHtml } from '../http/escape-html.ts'
import { statusOf } from '../http/problem.ts'
import type { Operation } from '../operation/operation.ts'
import { permissionText } from '../operation/permission.ts'

const style = `
body{font:16px/1.5 system-ui,sans-serif;margin:0;color:#1b1f24;background:#fff}
main{max-width:60rem;margin:0 auto;padding:1rem 1.5rem 4rem}
h1{font-size:1.6rem}h2{margin-top:3rem;border-bottom:1px solid #d0d7de}h3{margin:2rem 0 .2rem;font-size:1.05rem}
code,pre{font:14px/1.45 ui-monospace,Consolas,monospace;background:#f3f5f7;border-radius:4px}
code{padding:.1em .3em}pre{padding:.7em 1em;overflow:auto}
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.25rem .7rem .25rem 0;border-bottom:1px solid #eaeef2}
.method{display:inline-block;min-width:4rem;font-weight:600}a{color:#0a58ca}nav ul{columns:2;list-style:none;padding:0}
details{margin:.4rem 0}summary{cursor:pointer}
@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}code,pre{background:#161b22}td,th,h2{border-color:#30363d}a{color:#58a6ff}}
`

/** The readable documentation of the operations: one page without scripts. */
export function docsPage(operations: readonly Operation[]): string {
  const tags = [...new Set(operations.map(({ tag }) => tag))]
  const chapters = tags.map((tag) => {
    const own = operations.filter((operation) => operation.tag === tag)
    return `<h2 id="${tag}">${tag}</h2>${own.map(operationHtml).join('')}`
  })
  const links = operations.map(
    ({ id, method, path }) => `<li><a href="#${id}"><span class="method">${method}</span> ${escapeHtml(path)}</a></li>`,
  )
  return page(
    'Waypost hub: the HTTP API',
    `<p>Everything here is also in <a href="/openapi.json">the OpenAPI document</a>.
Errors are <a href="/docs/errors">problem documents</a>. 64-bit numbers are text.</p>
<nav><ul>${links.join('')}</ul></nav>${chapters.join('')}`,
  )
}

/** What each code of a problem document means. */
export function errorsPage(): string {
  const rows = Object.entries(errorCodes).map(
    ([code, { meaning, cure }]) =>
      `<tr id="${code}"><td><code>${code}</code></td><td>${statusOf[code as keyof typeof errorCodes]}</td><td>${escapeHtml(meaning)}<br>${escapeHtml(cure)}</td></tr>`,
  )
  return page(
    'Waypost hub: errors',
    `<p>An error is a problem document (RFC 9457): <code>application/problem+json</code> with <code>code</code>,
<code>detail</code>, <code>requestId</code> and, for wrong input, <code>errors</code> with the places.</p>
<table><tr><th>code</th><th>status</th><th>meaning, and what to do</th></tr>${rows.join('')}</table>`,
  )
}

function operationHtml(operation: Operation): string {
  const { id, method, path, summary, description, permission, params, query, body, responses } = operation
  return [
    `<h3 id="${id}"><span class="method">${method}</span> <code>${escapeHtml(path)}</code></h3>`,
    `<p>${escapeHtml(summary)}. ${inline(description ?? '')}</p><p>${inline(permissionText(permission))}</p>`,
    parametersHtml('In the path', params),
    parametersHtml('In the query', query),
    body === undefined ? '' : schemaHtml('Body', body),
    exampleHtml(operation),
    ...Object.entries(responses).map(([status, { description: text, schema }]) =>
      schema === undefined ? `<p>${status}: ${inline(text)}</p>` : schemaHtml(`${status}: ${text}`, schema),
    ),
    operation.live === undefined ? '' : schemaHtml('Event `change` of the stream', operation.live.change),
  ].join('')
}

function parametersHtml(title: string, schema: Operation['params']): string {
  if (schema === undefined || Object.keys(schema.properties).length === 0) return ''
  const rows = Object.entries(schema.properties).map(
    ([name, property]: [string, TSchema]) =>
      `<tr><td><code>${name}</code></td><td>${inline('description' in property ? String(property.description) : '')}</td></tr>`,
  )
  return `<table><tr><th colspan="2">${title}</th></tr>${rows.join('')}</table>`
}

function schemaHtml(title: string, schema: TSchema): string {
  return `<details><summary>${inline(title)}</summary><pre>${escapeHtml(JSON.stringify(schema, null, 2))}</pre></details>`
}

function exampleHtml({ method, path, example, permission }: Operation): string {
  if (example === undefined) return ''
  const filled = path.replace(/\{(\w+)\}/g, (_match, name: string) =>
    encodeURIComponent(example.params?.[name] ?? name),
  )
  const search = new URLSearchParams(example.query).toString()
  const parts = [
    'curl',
    method === 'GET' ? '' : ` -X ${method}`,
    permission === 'anyone' ? '' : ' -u ada',
    example.body === undefined ? '' : ` -H 'Content-Type: application/json' -d '${JSON.stringify(example.body)}'`,
    ` 'http://127.0.0.1:8379${filled}${search === '' ? '' : `?${search}`}'`,
  ]
  return `<pre>${escapeHtml(parts.join(''))}</pre>`
}

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(title)}</title><link rel="stylesheet" href="/docs/style.css"></head>
<body><main><h1>${escapeHtml(title)}</h1>${content}</main></body></html>
`
}

/** Text with words in backticks. */
function inline(text: string): string {
  return escapeHtml(text)
    .replace(/`([^`]+)`/g, '<code>$1</code>')
    .replaceAll('\n\n', '<br>')
}

export const docsStyle: string = style

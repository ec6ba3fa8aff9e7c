// node scripts/hub-reference.js: writes docs/reference/hub.md and its Chinese page from the definitions of the operations.
import { writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'

const directory = fileURLToPath(new URL('../docs/reference/', import.meta.url))

const chapters = {
  Names: '名字',
  Configuration: '配置',
  Coordination: '协调',
  Keys: '键',
  Cluster: '集群',
  Access: '权限',
  Audit: '审计',
  Timeline: '时间线',
  Discovery: '服务发现',
  Gateways: '网关',
  Hub: 'hub 本身',
}

const english = {
  title: 'The HTTP API of the hub',
  intro: `[中文](hub.zh-CN.md)

Every operation of \`@waypost/hub\`. The guide is [the hub](../guides/hub.md). A running hub shows the same with all parameters and schemas at \`/docs\`, and as OpenAPI 3.1 at \`/openapi.json\`.

- Bodies are JSON in UTF-8. Fields that an operation does not know are refused.
- Revisions, lease ids and sessions are strings of digits.
- An error is a problem document (RFC 9457) with one of the [codes](errors.md), the request id and, for wrong input, the places.
- Operations marked *live* take \`wait\` and \`since\` (long-poll), \`If-None-Match\`, and \`Accept: text/event-stream\` or \`watch=true\` (server-sent events that resume by \`Last-Event-ID\`).
- Every request runs with the caller's own login: the store decides.`,
  head: ['operation', 'what it does', 'who may'],
}

const chinese = {
  title: 'hub 的 HTTP API',
  intro: `[English](hub.md)

\`@waypost/hub\` 的全部操作。指南见 [hub](../guides/hub.zh-CN.md)。运行中的 hub 在 \`/docs\` 上列出同样的内容以及所有参数和模式，并在 \`/openapi.json\` 提供 OpenAPI 3.1 文档。

- 请求体是 UTF-8 的 JSON。操作不认识的字段会被拒绝。
- 修订号、租约 id 和会话都是数字字符串。
- 错误是 problem 文档（RFC 9457），带有一个[错误码](errors.zh-CN.md)、请求 id，输入有误时还带有出错的位置。
- 标有 *live* 的操作支持 \`wait\` 和 \`since\`（长轮询）、\`If-None-Match\`，以及 \`Accept: text/event-stream\` 或 \`watch=true\`（SSE，可用 \`Last-Event-ID\` 续传）。
- 每个请求都以调用者自己的登录身份执行：由存储决定是否允许。`,
  head: ['操作', '作用', '需要的权限'],
}

/** The pages by file name. */
export function referencePages(operations) {
  return new Map([
    ['hub.md', page(english, operations, (tag) => tag)],
    ['hub.zh-CN.md', page(chinese, operations, (tag) => chapters[tag])],
  ])
}

function page({ title, intro, head }, operations, titleOf) {
  const parts = [`# ${title}`, intro]
  for (const tag of Object.keys(chapters)) {
    const own = operations.filter((operation) => operation.tag === tag)
    if (own.length === 0) continue
    const rows = own.map((operation) => `| ${[name(operation), operation.summary, who(operation)].join(' | ')} |`)
    parts.push(`## ${titleOf(tag)}`, [`| ${head.join(' | ')} |`, '|---|---|---|', ...rows].join('\n'))
  }
  return `${parts.join('\n\n')}\n`
}

function name({ id, method, path, live }) {
  return `\`${method} ${path}\`${live === undefined ? '' : ' *live*'}<br>\`${id}\``
}

function who({ permission }) {
  if (typeof permission === 'string') return `\`${permission}\``
  return permission
    .map(({ access, key, prefix }) => (key === undefined ? `${access} \`${prefix}…\`` : `${access} \`${key}\``))
    .join('<br>')
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { operationList } = await import('../packages/hub/dist/index.js')
  for (const [file, text] of referencePages(operationList)) writeFileSync(directory + file, text)
}

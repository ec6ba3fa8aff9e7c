// Holds the English and the Chinese pages in step: `docs/translations.json` has a hash of each pair as somebody has last
// seen it to say the same. A test compares. When both pages are changed:
//   node scripts/translations.js
// When a page is changed in a way that the other one need not follow, such as a spelling:
//   node scripts/translations.js --as-it-is docs/guides/operating.md
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))
const record = join(root, 'docs', 'translations.json')

/** The English pages that are in Chinese, too. */
export function translatedPages() {
  const folders = ['docs/guides', 'docs/reference']
  const pages = folders.flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`))
  return ['docs/index.md', ...pages].filter((path) => path.endsWith('.md') && !path.endsWith('.zh-CN.md')).sort()
}

export function chineseOf(path) {
  return path.replace(/\.md$/, '.zh-CN.md')
}

/** What is between two pages: how many headings, code blocks, tables, rows and items there are, in their order. */
export function structureOf(path) {
  const structure = []
  let isCode = false
  for (const line of readFileSync(join(root, path), 'utf8').split('\n')) {
    if (line.startsWith('```')) {
      if (!isCode) structure.push(line)
      isCode = !isCode
    } else if (isCode) continue
    else if (/^#+ /.test(line)) structure.push(`heading ${line.indexOf(' ')}`)
    else if (line.startsWith('|')) structure.push(`row of ${line.replaceAll('\\|', '').split('|').length - 2}`)
    else if (/^\s*(-|\d+\.) /.test(line)) structure.push('item')
  }
  return structure
}

/** Pages that were changed since somebody has last seen them to say the same as their other. */
export function outOfStep() {
  const recorded = readRecord()
  return translatedPages().flatMap((path) => {
    const { en, zh } = hashesOf(path)
    const known = recorded[path] ?? {}
    if (en === known.en && zh === known.zh) return []
    const changed = [...(en === known.en ? [] : ['English']), ...(zh === known.zh ? [] : ['Chinese'])]
    return [{ path, changed }]
  })
}

function hashesOf(path) {
  const hash = (file) =>
    existsSync(join(root, file))
      ? createHash('sha256')
          .update(readFileSync(join(root, file)))
          .digest('hex')
          .slice(0, 12)
      : undefined
  return { en: hash(path), zh: hash(chineseOf(path)) }
}

function readRecord() {
  return existsSync(record) ? JSON.parse(readFileSync(record, 'utf8')) : {}
}

function main() {
  const asItIs = process.argv.slice(2)
  const isForced = asItIs[0] === '--as-it-is'
  const recorded = readRecord()
  let failed = false
  for (const { path, changed } of outOfStep()) {
    const isNamed = isForced && (asItIs.length === 1 || asItIs.includes(path))
    if (changed.length === 2 || recorded[path] === undefined || isNamed) {
      recorded[path] = hashesOf(path)
      console.log(`${path}: recorded`)
    } else {
      failed = true
      console.error(
        `${path}: only the ${changed[0]} page was changed. Change the other one, or name it with --as-it-is.`,
      )
    }
  }
  const pages = translatedPages().filter((path) => recorded[path] !== undefined)
  writeFileSync(
    record,
    `${JSON.stringify(Object.fromEntries(pages.map((path) => [path, recorded[path]])), undefined, 2)}\n`,
  )
  if (failed) process.exitCode = 1
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main()

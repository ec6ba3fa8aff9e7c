import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'

const source = new URL('../', import.meta.url)
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => /messages\.ts$/.test(file))

function keysOf(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [`${path}: ${typeof value}`]
  return Object.entries(value).flatMap(([name, inner]) => keysOf(inner, `${path}.${name}`))
}

test.each(files)('%s says everything in both languages', async (file) => {
  const module: Record<string, unknown> = await import(new URL(file, source).href)
  const catalogues = Object.values(module).filter(
    (value) => typeof value === 'object' && value !== null && 'en' in value,
  )
  expect(catalogues.length).toBeGreaterThan(0)
  for (const { en, 'zh-CN': zh } of catalogues as { en: unknown; 'zh-CN': unknown }[]) {
    expect(keysOf(zh)).toEqual(keysOf(en))
  }
})

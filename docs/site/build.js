// Builds the API reference and then the site, into `dist` or the directory that is named; any warning is a failure.
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vitepress'
import { generateApi } from './api.js'

const site = dirname(fileURLToPath(import.meta.url))
const [out = join(site, 'dist')] = process.argv.slice(2)

await generateApi()
await build(site, { outDir: resolve(out) })
console.log(`The site is in ${resolve(out)}.`)

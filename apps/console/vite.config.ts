import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const hub = process.env.WAYPOST_HUB ?? 'http://127.0.0.1:8379'
/** What the hub serves, and what its package carries. */
const outDir = fileURLToPath(new URL('../../packages/hub/console/', import.meta.url))

/** Puts a compressed copy beside each text, so that the hub never compresses the same again. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    closeBundle() {
      for (const entry of readdirSync(outDir, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !/\.(js|css|svg|html)$/.test(entry.name)) continue
        const file = join(entry.parentPath, entry.name)
        const text = readFileSync(file)
        writeFileSync(`${file}.gz`, gzipSync(text, { level: 9 }))
        writeFileSync(`${file}.br`, brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }))
      }
    },
  }
}

/** Lets browsers fetch the first page's parts beside the code that asks for them. */
function firstPageAhead(): Plugin {
  return {
    name: 'first-page-ahead',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_, { bundle = {} }) {
        const overview = Object.values(bundle).find(({ fileName }) => /\/overview-page-.*\.js$/.test(fileName))
        if (overview?.type !== 'chunk') throw new Error('The build has no chunk of the overview.')
        const font = Object.keys(bundle).find((name) => /\/inter-latin-wght-normal-.*\.woff2$/.test(name))
        if (font === undefined) throw new Error('The build has no font.')
        const entry = Object.values(bundle).find((each) => each.type === 'chunk' && each.isEntry)?.fileName
        const scripts = [overview.fileName, ...overview.imports.filter((name) => name !== entry)]
        return [
          ...scripts.map((name) => ({
            tag: 'link',
            attrs: { rel: 'modulepreload', crossorigin: true, href: `/${name}` },
          })),
          {
            tag: 'link',
            attrs: { rel: 'preload', as: 'font', type: 'font/woff2', crossorigin: true, href: `/${font}` },
          },
        ]
      },
    },
  }
}

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react(), firstPageAhead(), compressed()],
  build: {
    outDir,
    emptyOutDir: true,
    target: 'es2023',
    // The Content-Security-Policy allows no data: URLs, and small files cost little on one connection.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 900,
  },
  server: { proxy: { '/v1': hub, '/openapi.json': hub } },
})

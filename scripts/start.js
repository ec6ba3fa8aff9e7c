// Sets up when needed, then serves in this very process, so that signals reach it directly.
import { fileURLToPath } from 'node:url'
import { setup } from './setup.js'

setup()
const bin = new URL('../packages/cli/bin/waypost.js', import.meta.url)
process.argv = [process.execPath, fileURLToPath(bin), 'serve', ...process.argv.slice(2)]
await import(bin.href)

import { createRequire } from 'node:module'
import type * as Undici from 'undici'

/** Loaded when the first dispatcher is made: who only registers and discovers does without its 50 ms. */
export function loadUndici(): typeof Undici {
  const require = createRequire(import.meta.url)
  const undici: typeof Undici = require('undici')
  return undici
}

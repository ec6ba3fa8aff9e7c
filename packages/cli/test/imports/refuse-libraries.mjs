// Loaded before a program: whatever imports one of these libraries fails.
import { register } from 'node:module'

const hooks = `
const refused = /^(?:diff|node-diff3|fflate|ajv|liquidjs)(?:\\/|$)/
export function resolve(specifier, context, next) {
  if (refused.test(specifier)) throw new Error('refused: ' + specifier)
  return next(specifier, context)
}`
register(`data:text/javascript,${encodeURIComponent(hooks)}`)

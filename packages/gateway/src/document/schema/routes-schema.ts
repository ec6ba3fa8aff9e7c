import type { ConfigObject } from '@waypost/config'
import { routesCheckName } from '../routes-check-name.ts'
import { exactlyOne, fields, flag, headerName, list, mapOf, oneOf, type Schema, text, whole } from './fields.ts'
import { breakerSchema, headerEditsSchema, hostSchema, limitsSchema, retriesSchema, timeoutsSchema } from './limits.ts'
import {
  claimsSchema,
  headerRulesSchema,
  hostsSchema,
  methodsSchema,
  pathSchema,
  valueSchema,
  valuesSchema,
} from './matching.ts'
import { policySchema } from './policies.ts'
import {
  answerSchema,
  canarySchema,
  fallbackSchema,
  mirrorSchema,
  redirectSchema,
  rewriteSchema,
  splitSchema,
  stickySchema,
  targetSchema,
} from './targets.ts'

/** Metrics and the access log name routes and policies. */
const name: Schema = {
  type: 'string',
  pattern: '^[A-Za-z0-9][\\w.-]{0,63}$',
  errorMessage: 'A name has letters, digits, dots, dashes and underscores, at most 64.',
}

const inheritable: Readonly<Record<string, Schema>> = {
  policies: list('The policies that requests must pass, in this order; `cors` always comes first.', { type: 'string' }),
  host: hostSchema,
  timeouts: timeoutsSchema,
  retries: retriesSchema,
  breaker: breakerSchema,
  limits: limitsSchema,
  requestHeaders: headerEditsSchema('Headers of the request to the instance.'),
  responseHeaders: headerEditsSchema('Headers of the answer to the client.'),
}

const routeSchema: Schema = fields(
  'A route: which requests it takes, and what happens to them.',
  {
    hosts: hostsSchema,
    path: pathSchema,
    methods: methodsSchema,
    headers: headerRulesSchema('Rules for headers; all of them must match.'),
    query: valuesSchema('Rules for query parameters; all of them must match.'),
    priority: whole('Routes with a higher priority are matched first, even if others are more specific.', -1_000_000, {
      maximum: 1_000_000,
      default: 0,
    }),
    ...inheritable,
    require: fields('What the identity that a policy found must be allowed to do; otherwise 403.', {
      scopes: list('Scopes that it must have.', text('A scope.')),
      claims: claimsSchema,
    }),
    target: { $ref: '#/$defs/target' },
    split: splitSchema,
    sticky: stickySchema,
    canary: canarySchema,
    mirror: mirrorSchema,
    stripPrefix: flag('Whether the prefix of `path.prefix` is removed from the path that the instance sees.', false),
    rewrite: rewriteSchema,
    redirect: redirectSchema,
    answer: { $ref: '#/$defs/answer' },
    fallback: fallbackSchema,
    webSocket: flag('Whether WebSockets are allowed.', true),
  },
  {
    ...exactlyOne(
      ['target', 'split', 'redirect', 'answer'],
      'A route needs exactly one of target, split, redirect and answer.',
    ),
    allOf: [
      {
        not: { required: ['stripPrefix', 'rewrite'], properties: { stripPrefix: { const: true } } },
        errorMessage: 'Either strip the prefix or rewrite the path.',
      },
      {
        anyOf: [
          {
            not: {
              anyOf: [
                { required: ['stripPrefix'], properties: { stripPrefix: { const: true } } },
                { required: ['rewrite'], properties: { rewrite: { required: ['prefix'] } } },
              ],
            },
          },
          { required: ['path'], properties: { path: { required: ['prefix'] } } },
        ],
        errorMessage: 'Only a route with path.prefix has a prefix to replace.',
      },
      {
        anyOf: [{ not: { required: ['sticky'] } }, { required: ['split'] }, { required: ['canary'] }],
        errorMessage: 'Sticky needs a split or a canary.',
      },
    ],
  },
)

/** Rises with every change of the schema: a gateway does not replace the schema of a newer one. */
export const routesSchemaVersion = 2

/** The JSON Schema of `gateway/routes.yaml`. */
export const routesSchema: ConfigObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  version: routesSchemaVersion,
  // What JSON Schema cannot say. A publisher that does not have this check refuses the document.
  'x-waypost-check': routesCheckName,
  title: 'Routes of the Waypost gateway',
  ...fields('The routes of the gateway, and the policies that they name.', {
    waypost: { type: 'object', description: 'Imports of other documents with routes: `import: [gateway/shop.yaml]`.' },
    paths: fields('How the paths of all requests are read.', {
      encodedSlashes: oneOf(
        'What happens to requests with `%2F` or `%5C` in the path: they are refused with 400, or passed unchanged. They can deceive programs that decode them late.',
        ['refuse', 'keep'],
        'refuse',
      ),
      mergeSlashes: flag('Whether repeated slashes are merged into one.', true),
    }),
    identityHeaders: list(
      'Further headers that clients cannot send; those that policies set are always included.',
      headerName,
    ),
    defaults: fields('Defaults for every route.', inheritable),
    policies: mapOf('Policies by name.', policySchema, name),
    routes: mapOf('Routes by name.', routeSchema, name),
  }),
  $defs: { target: targetSchema, answer: answerSchema, value: valueSchema },
}

import {
  exactlyOne,
  fields,
  flag,
  headerName,
  headerValue,
  list,
  mapOf,
  oneOf,
  type Schema,
  text,
  whole,
} from './fields.ts'
import { protocolSchema } from './limits.ts'
import { headerRulesSchema, valuesSchema } from './matching.ts'

const algorithms = ['round-robin', 'peak-ewma', 'least-in-flight', 'random', 'rendezvous']

export const targetSchema: Schema = fields(
  'The instances of a service.',
  {
    service: text('The name of the service in the registry.', {
      maxLength: 256,
      pattern: '^[^/\\s]+$',
      errorMessage: 'That is no name of a service.',
    }),
    version: text('Only instances of these versions: a range such as `^1.4`, or the very text.'),
    zone: text(
      'Only instances in this zone. To prefer a zone rather than ask for it, start the gateway with `--zone`.',
    ),
    tags: list('Only instances that have all of these tags.', { type: 'string' }),
    metadata: mapOf('Only instances whose metadata has these values.', { type: ['string', 'number', 'boolean'] }),
    algorithm: oneOf('How an instance is chosen.', algorithms, 'peak-ewma'),
    hashBy: fields(
      'Requests with the same value go to the same instance while it exists. Implies the algorithm `rendezvous`.',
      {
        header: headerName,
        cookie: text('The name of a cookie.'),
        query: text('The name of a parameter.'),
        clientAddress: { const: true, description: "The client's address." },
      },
      exactlyOne(
        ['header', 'cookie', 'query', 'clientAddress'],
        'Hash by exactly one of header, cookie, query and clientAddress.',
      ),
    ),
    protocol: protocolSchema,
  },
  { required: ['service'] },
)

export const splitSchema: Schema = list(
  'Parts of the requests go to different targets, by weight.',
  fields(
    'One part.',
    {
      name: text('For metrics and the access log. Default: its place in the list, from 0.', {
        pattern: '^[\\w.-]{1,64}$',
        errorMessage: 'A name has letters, digits, dots, dashes and underscores.',
      }),
      weight: whole('Its share of the sum of all weights; 0 for none.', 0, { maximum: 1_000_000 }),
      target: { $ref: '#/$defs/target' },
    },
    { required: ['weight', 'target'] },
  ),
  {
    minItems: 1,
    maxItems: 100,
    allOf: [
      {
        contains: { required: ['weight'], properties: { weight: { exclusiveMinimum: 0 } } },
        errorMessage: 'The weights add up to 0, so no part gets requests.',
      },
    ],
  },
)

export const stickySchema: Schema = fields(
  'Keeps a client on the same side of a `split` or a percentage `canary`, whichever gateway answers. When the percentage rises, no client leaves the canary.',
  {
    cookie: text('The name of a cookie that the gateway sets.', {
      pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$",
      errorMessage: 'That is no name of a cookie.',
    }),
    header: headerName,
    clientAddress: { const: true, description: "The client's address." },
    maxAgeSeconds: whole('How long the cookie lives. Default: as long as the browser is open.', 1),
  },
  {
    oneOf: ['cookie', 'header', 'clientAddress'].map((name) => ({ required: [name] })),
    errorMessage: 'Stick by exactly one of cookie, header and clientAddress.',
  },
)

export const canarySchema: Schema = fields(
  'Some requests go to another target: those that one of `headers` or `cookies` fits, and a percentage of the others.',
  {
    target: { $ref: '#/$defs/target' },
    headers: headerRulesSchema('Requests with one of these headers go to the canary.'),
    cookies: valuesSchema('Requests with one of these cookies go to the canary.'),
    percent: {
      type: 'number',
      minimum: 0,
      maximum: 100,
      default: 0,
      description: 'How many of the other requests. Add `sticky` to keep a client where it is.',
    },
  },
  { required: ['target'] },
)

export const mirrorSchema: Schema = fields(
  'Copies of requests go to another target as well. Its answers are dropped, and it never delays the request.',
  {
    target: { $ref: '#/$defs/target' },
    percent: {
      type: 'number',
      exclusiveMinimum: 0,
      maximum: 100,
      default: 100,
      description: 'How many requests are copied.',
    },
  },
  { required: ['target'] },
)

export const rewriteSchema: Schema = fields(
  'The path that the instance sees. The query stays.',
  {
    prefix: text('The replacement for `path.prefix`.', {
      pattern: '^/',
      errorMessage: 'A path begins with a slash.',
    }),
    path: text('The whole path. `{name}` is a part of a template, or a named group of a regular expression.', {
      pattern: '^/',
      errorMessage: 'A path begins with a slash.',
    }),
  },
  exactlyOne(['prefix', 'path'], 'Rewrite either the prefix or the path.'),
)

export const redirectSchema: Schema = fields(
  'Sends the client to another address.',
  {
    to: text(
      'An absolute URL or a path. `{scheme}`, `{host}` and `{path}` are those of the request, `{rest}` is what follows the prefix of `path.prefix`, other names are parts of the path.',
      {
        pattern: '^(https?://|\\{scheme\\}://|/(?![/\\\\]))',
        errorMessage: 'It is a path that begins with one slash, or a URL with http:// or https://.',
      },
    ),
    status: {
      enum: [301, 302, 303, 307, 308],
      default: 308,
      description: 'The status. 307 and 308 keep the method and the body.',
    },
    keepQuery: flag('Whether the query of the request is added.', true),
  },
  { required: ['to'] },
)

export const answerSchema: Schema = fields('An answer of the gateway itself.', {
  status: { type: 'integer', minimum: 200, maximum: 599, default: 200, description: 'The status.' },
  headers: mapOf('Its headers. `content-type` is `text/plain` unless it is set.', headerValue, headerName),
  body: { type: 'string', maxLength: 65_536, description: 'The body.', default: '' },
})

export const fallbackSchema: Schema = fields(
  'What happens while the breaker is open, or when the target has no available instance.',
  { target: { $ref: '#/$defs/target' }, answer: { $ref: '#/$defs/answer' } },
  exactlyOne(['target', 'answer'], 'A fallback is either a target or an answer.'),
)

import { absolutePath, exactlyOne, fields, headerName, list, mapOf, type Schema, text } from './fields.ts'

export const regexSchema: Schema = text(
  'A regular expression in RE2 syntax that the whole value must fit. It runs in linear time: there are no back-references and no look-around.',
  { maxLength: 1_000 },
)

/** A rule for the value of a header, a parameter or a cookie. */
export const valueSchema: Schema = {
  anyOf: [
    { type: 'string', maxLength: 4_096, description: 'The exact value.' },
    fields(
      'A rule for a value. When a header or parameter stands there more than once, the first one counts.',
      {
        exact: { type: 'string', maxLength: 4_096, description: 'The value.' },
        oneOf: list('The allowed values.', { type: 'string', maxLength: 4_096 }),
        prefix: text('The prefix of the value.'),
        regex: regexSchema,
        present: { type: 'boolean', description: 'Whether it must be present or absent.' },
      },
      exactlyOne(
        ['exact', 'oneOf', 'prefix', 'regex', 'present'],
        'A rule needs exactly one of exact, oneOf, prefix, regex and present.',
      ),
    ),
  ],
  errorMessage: 'It is a string, or one of exact, oneOf, prefix, regex and present.',
}

export const pathSchema: Schema = fields(
  'Which paths the route takes. They are compared with the path in its normal form; upper and lower case differ. Default: all.',
  {
    exact: text('The whole path.', absolutePath),
    prefix: text('Whole segments that the path begins with: `/api` takes `/api` and `/api/x`, and not `/apis`.', {
      ...absolutePath,
    }),
    template: text(
      'A path with names for segments: `/users/{id}/orders`. A name with a trailing star takes all remaining segments, at least one: `/files/{path*}`.',
      absolutePath,
    ),
    regex: regexSchema,
  },
  exactlyOne(['exact', 'prefix', 'template', 'regex'], 'A path has exactly one of exact, prefix, template and regex.'),
)

export const hostsSchema: Schema = list(
  'The hosts the route is for: `shop.example.com`, or `*.example.com` for all names below. Default: every host.',
  {
    type: 'string',
    pattern: '^(\\*|(\\*\\.)?[\\w-]+(\\.[\\w-]+)*|[\\da-fA-F:]*:[\\da-fA-F:.]*)$',
    errorMessage: 'It is a host without scheme, port and path, such as shop.example.com or *.example.com.',
  },
  { minItems: 1 },
)

export const methodsSchema: Schema = list(
  'The methods the route takes. `GET` takes `HEAD`, too. Default: all.',
  { type: 'string', pattern: '^[A-Z]{1,32}$', errorMessage: 'A method is written in capital letters.' },
  { minItems: 1 },
)

export const valuesSchema = (description: string): Schema => mapOf(description, { $ref: '#/$defs/value' })

export const headerRulesSchema = (description: string): Schema =>
  mapOf(description, { $ref: '#/$defs/value' }, headerName)

export const claimsSchema: Schema = mapOf(
  'Conditions on the claims of the identity; otherwise 403. Each claim is one of the values, or, when it is a list, holds one of them. A dot selects a nested claim: `realm_access.roles`.',
  {
    anyOf: [
      { type: ['string', 'number', 'boolean'] },
      { type: 'array', minItems: 1, items: { type: ['string', 'number', 'boolean'] } },
    ],
    errorMessage: 'It is a value, or a list of values of which one must be there.',
  },
)

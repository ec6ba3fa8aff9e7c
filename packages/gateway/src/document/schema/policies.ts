import { fields, flag, headerName, list, mapOf, type Schema, text, whole } from './fields.ts'
import { concurrencySchema, rateSchema } from './limits.ts'
import { claimsSchema } from './matching.ts'

const someTexts = (description: string): Schema => ({
  description,
  anyOf: [
    { type: 'string', minLength: 1 },
    { type: 'array', minItems: 1, items: { type: 'string', minLength: 1 } },
  ],
  errorMessage: 'It is a text or a list of texts.',
})

const credential = (description: string): Schema =>
  fields(
    description,
    { header: headerName, cookie: text('The name of a cookie.'), query: text('The name of a parameter.') },
    { minProperties: 1, maxProperties: 1, errorMessage: 'It is exactly one of header, cookie and query.' },
  )

const scopes = list('The scopes that it grants, for `require.scopes` of routes.', {
  type: 'string',
  minLength: 1,
})

const jwtSchema: Schema = fields(
  'A JSON Web Token, signed by an issuer that is trusted. Without a valid one: 401.',
  {
    issuer: someTexts('Who issued the token: the claim `iss` is one of these.'),
    audience: someTexts('The audience: the claim `aud` contains one of these. Tokens for other programs are refused.'),
    jwksUrl: text(
      'The URL of the public keys of the issuer. They are fetched when they are first needed, again every `refreshMs`, and when a token names a key that is not known. If that fails, the last fetched keys stay in use.',
      { pattern: '^https?://', errorMessage: 'It is a URL with https:// or http://.' },
    ),
    jwks: fields(
      'The public keys themselves, as a JSON Web Key Set.',
      { keys: list('The keys.', { type: 'object' }, { minItems: 1 }) },
      { required: ['keys'] },
    ),
    secret: text('A secret that the issuer signs with, as an encrypted value. Only for HS256, HS384 and HS512.', {
      minLength: 32,
      errorMessage: 'A secret has at least 32 characters.',
    }),
    algorithms: list(
      'The algorithms of signatures that are accepted. Default: RS256, PS256, ES256 and EdDSA, or HS256 with `secret`.',
      {
        enum: [
          ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
          ...['HS256', 'HS384', 'HS512'],
        ],
      },
      { minItems: 1 },
    ),
    clockSkewSeconds: whole('By how much the clocks may differ.', 0, { maximum: 600, default: 30 }),
    from: credential('Where the token is. Default: `Authorization: Bearer <token>`.'),
    optional: flag(
      'Whether requests without a token are allowed, without an identity. A token that is present must be valid.',
      false,
    ),
    claims: claimsSchema,
    claimHeaders: mapOf(
      'Headers to the instance, each with the claim that it holds. Clients cannot send them. Lists are joined by commas.',
      { type: 'string', minLength: 1 },
      headerName,
    ),
    scopeClaim: text('The claim with the scopes: a list, or a text with spaces between them.', { default: 'scope' }),
    forward: flag('Whether the token is sent on to the instance.', true),
    maxTokenBytes: whole('Longer tokens are refused unread.', 256, { maximum: 65_536, default: 8_192 }),
    refreshMs: whole('How often the keys are fetched again, in milliseconds.', 1_000, {
      default: 600_000,
    }),
    timeoutMs: whole('How long fetching the keys may take, in milliseconds.', 1, { maximum: 60_000, default: 5_000 }),
  },
  {
    required: ['issuer', 'audience'],
    oneOf: ['jwksUrl', 'jwks', 'secret'].map((name) => ({ required: [name] })),
    errorMessage: 'The keys come from exactly one of jwksUrl, jwks and secret.',
  },
)

const apiKeySchema: Schema = fields(
  'A key that the client holds. Only its hash is in the document: `waypost gateway new-key` makes both. Without a valid one: 401.',
  {
    from: credential('Where the key is. Default: the header `x-api-key`.'),
    keys: mapOf(
      'The keys by id. Removing a key revokes it at once.',
      fields(
        'A key.',
        {
          sha256: text('SHA-256 of the key, in hexadecimal.', {
            pattern: '^[\\da-fA-F]{64}$',
            errorMessage: 'It is 64 hexadecimal digits.',
          }),
          scopes,
          expires: text('When it expires, as a date with time and zone: `2027-01-31T00:00:00Z`.', {
            pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(:\\d\\d(\\.\\d+)?)?(Z|[+-]\\d\\d:\\d\\d)$',
            errorMessage: 'It is a date with time and zone, such as 2027-01-31T00:00:00Z.',
          }),
          disabled: flag('Whether it is disabled.', false),
        },
        { required: ['sha256'] },
      ),
    ),
    idHeader: { ...headerName, description: "A header to the instance with the key's id. Clients cannot send it." },
    forward: flag('Whether the key is sent on to the instance.', false),
    optional: flag(
      'Whether requests without a key are allowed, without an identity. A key that is present must be valid.',
      false,
    ),
  },
  { required: ['keys'] },
)

const basicSchema: Schema = fields(
  'A user and a password by HTTP Basic. Without valid ones: 401.',
  {
    realm: text('What browsers show.', { pattern: '^[^"\\\\]*$', default: 'Waypost' }),
    users: mapOf(
      'The users by name.',
      fields(
        'How the password is checked: by exactly one of the two.',
        {
          password: text('The password, as an encrypted value.'),
          scrypt: text('Its hash, as `waypost gateway hash-password` prints it.', {
            pattern: '^\\$scrypt\\$ln=\\d{1,2},r=\\d{1,2},p=\\d{1,2}\\$[\\w+/-]+=*\\$[\\w+/-]+=*$',
            errorMessage: 'It is $scrypt$ln=…,r=…,p=…$<salt>$<hash>.',
          }),
          scopes,
        },
        {
          oneOf: [{ required: ['password'] }, { required: ['scrypt'] }],
          errorMessage: 'A user has exactly one of password and scrypt.',
        },
      ),
      { type: 'string', pattern: '^[^:]{1,128}$', errorMessage: 'A user name must not contain a colon.' },
    ),
    userHeader: {
      ...headerName,
      description: "A header to the instance with the user's name. Clients cannot send it.",
    },
    forward: flag('Whether the `Authorization` header is sent on to the instance.', false),
  },
  { required: ['users'] },
)

const forwardAuthSchema: Schema = fields(
  'Asks another program about each request. A 2xx answer allows the request; any other is returned to the client. No answer: 503.',
  {
    url: text(
      'Whom to ask, with GET. It gets `X-Forwarded-Method`, `-Proto`, `-Host`, `-Uri` and `-For`, as Traefik and nginx send them.',
      { pattern: '^https?://', errorMessage: 'It is a URL with https:// or http://.' },
    ),
    requestHeaders: list('Headers of the request that are sent along.', headerName, {
      default: ['authorization', 'cookie'],
    }),
    identityHeaders: list(
      'Headers of its answer that are sent on to the instance. Clients cannot send them.',
      headerName,
    ),
    timeoutMs: whole('How long it may take, in milliseconds.', 1, { maximum: 60_000, default: 5_000 }),
  },
  { required: ['url'] },
)

const clientCertificateSchema: Schema = fields(
  'A client certificate that the listener has verified (`--tls-client-ca`), and that one of these fits; any, when there are none. Otherwise 403.',
  {
    subjects: list('Distinguished names, such as `CN=partner,O=Example`.', { type: 'string' }),
    alternativeNames: list('Alternative names with their kind, such as `DNS:partner.example.com`.', { type: 'string' }),
    fingerprints: list('SHA-256 of certificates, in hexadecimal; colons do not matter.', {
      type: 'string',
      pattern: '^([\\da-fA-F]{2}:?){32}$',
      errorMessage: 'It is 64 hexadecimal digits.',
    }),
    subjectHeader: { ...headerName, description: 'A header to the instance with the subject. Clients cannot send it.' },
  },
)

const network: Schema = {
  type: 'string',
  pattern: '^([\\d.]+|[\\da-fA-F:.]*:[\\da-fA-F:.]*)(/\\d{1,3})?$',
  errorMessage: 'It is an address or a network, such as 10.0.0.0/8 or 2001:db8::/32.',
}

const addressesSchema: Schema = fields(
  'Which client addresses are allowed; others get 403. Behind a trusted proxy, the address of the client counts.',
  {
    allow: list('Addresses to allow. Default: all.', network),
    deny: list('Addresses to refuse, even if they are allowed.', network),
  },
  { minProperties: 1 },
)

const corsSchema: Schema = fields(
  'Lets pages of other origins call the route, and answers their preflight requests before all other policies.',
  {
    origins: list(
      'Origins such as `https://app.example.com` or `https://*.example.com`, or `*` for all.',
      {
        type: 'string',
        pattern: '^(\\*|[a-z][a-z\\d+.-]*://(\\*\\.)?[^/*\\s]+)$',
        errorMessage: 'An origin is a scheme and a host without a path, such as https://app.example.com; or *.',
      },
      { minItems: 1 },
    ),
    methods: list('The methods that pages may use. Default: those of the route, or all.', {
      type: 'string',
      pattern: '^[A-Z]{1,32}$',
    }),
    requestHeaders: list('The headers that pages may send. Default: those that the page asks for.', headerName),
    exposedHeaders: list('The headers of answers that pages may read.', headerName),
    credentials: flag('Whether pages may send cookies and passwords. Cannot be combined with the origin `*`.', false),
    maxAgeSeconds: whole('How long a browser may remember the answer to a preflight request.', 0, {
      maximum: 86_400,
      default: 600,
    }),
  },
  { required: ['origins'] },
)

/** The kinds of policies. A new one is an entry here, one in `policies/create-policy.ts`, and its type. */
export const policyKindSchemas = {
  jwt: jwtSchema,
  apiKey: apiKeySchema,
  basic: basicSchema,
  forwardAuth: forwardAuthSchema,
  clientCertificate: clientCertificateSchema,
  addresses: addressesSchema,
  cors: corsSchema,
  rate: rateSchema,
  concurrency: concurrencySchema,
}

export const policySchema: Schema = fields('A policy of one kind.', policyKindSchemas, {
  minProperties: 1,
  maxProperties: 1,
  errorMessage: `A policy is exactly one of ${Object.keys(policyKindSchemas).join(', ')}.`,
})

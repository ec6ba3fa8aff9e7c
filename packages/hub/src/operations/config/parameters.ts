import Type from 'typebox'
import { object, oneOf } from '../../operation/schemas.ts'

/** The path of a document: its slashes are written `%2F`, so that it is one part of the address. */
export const pathParams = object({
  path: Type.String({
    minLength: 1,
    maxLength: 1_024,
    description: 'The path of the document, its slashes written as `%2F`: `order%2Fapplication.yaml`.',
  }),
})

export const author = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 255,
    description: 'The author, if authentication is off. Otherwise it is the logged-in user.',
  }),
)

export const comment = Type.Optional(
  Type.String({ maxLength: 2_000, description: 'The reason, for the history and the audit.' }),
)

/** What every change takes. */
export const authorship = { author, comment } as const

/** What every change that makes a release takes. */
export const publishing = {
  ...authorship,
  validate: Type.Optional(
    oneOf(
      ['live', 'stored', 'none'],
      '`live`: the format, the stored schema, and the schemas of the processes that use it; `stored`: without those processes; `none`: nothing. Default `live`.',
    ),
  ),
  bypassApproval: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 2_000,
      description: 'Why it is released without the approval that a policy requires. The audit records it.',
    }),
  ),
} as const

export const expectedRelease = Type.Optional(
  Type.Integer({
    minimum: 0,
    description:
      'The release that this change is based on; 0 if there is none yet. If there is a newer release, the answer is a conflict. Absent: the current text is replaced.',
  }),
)

/** Whose configuration is asked for. */
export const target = {
  app: Type.String({ minLength: 1, maxLength: 255, description: 'The application.' }),
  profile: Type.Optional(Type.String({ minLength: 1, maxLength: 255, description: 'Such as `production`.' })),
  instance: Type.Optional(
    Type.String({ minLength: 1, maxLength: 255, description: 'The instance; without one, no canary is taken.' }),
  ),
  zone: Type.Optional(Type.String({ minLength: 1, maxLength: 255, description: 'The zone of the instance.' })),
  label: Type.Optional(
    Type.Array(Type.String({ pattern: '^[^=]+=.*$', 'x-expected': '`name=value`' }), {
      maxItems: 50,
      description: 'Labels of the instance, `name=value`; may be repeated.',
    }),
  ),
  imports: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 1_024 }), {
      maxItems: 50,
      description: 'Documents that it imports first, such as `shared/redis.yaml`; may be repeated.',
    }),
  ),
} as const

export interface GivenTarget {
  readonly app: string
  readonly profile?: string | undefined
  readonly instance?: string | undefined
  readonly zone?: string | undefined
  readonly label?: readonly string[] | undefined
  readonly imports?: readonly string[] | undefined
}

/** The same as the library takes it. */
export function targetOf({ app, profile, instance, zone, label, imports }: GivenTarget) {
  const labels =
    label &&
    Object.fromEntries(label.map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]))
  return {
    app,
    profile,
    imports,
    ...(instance === undefined ? {} : { instance }),
    ...(zone === undefined ? {} : { zone }),
    ...(labels === undefined ? {} : { labels }),
  }
}

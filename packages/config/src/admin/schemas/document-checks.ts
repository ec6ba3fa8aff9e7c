import type { ConfigObject } from '../../config-value.ts'
import type { JsonPath } from '../../documents/json-path.ts'
import { compileSchema, type SchemaIssue } from './schema-check.ts'

/**
 * Checks what JSON Schema cannot say of a configuration. It gets the configuration with all that is imported, once that
 * fits the schema.
 *
 * @param open keys whose value is not known here, such as secrets: they may turn out to be anything
 */
export type DocumentCheck = (
  value: ConfigObject,
  open: readonly JsonPath[],
) => readonly SchemaIssue[] | Promise<readonly SchemaIssue[]>

/** The keyword by which a schema asks for a check by its name. */
const checkKeyword = 'x-waypost-check'

/** The checks that a publisher has, by the names under which schemas ask for them. */
export class DocumentChecks {
  readonly #byName: Map<string, DocumentCheck>

  constructor(checks: Readonly<Record<string, DocumentCheck>> = {}) {
    this.#byName = new Map(Object.entries(checks))
  }

  /** Has no effect when there is a check of that name. */
  add(name: string, check: DocumentCheck): void {
    if (!this.#byName.has(name)) this.#byName.set(name, check)
  }

  /**
   * What a schema asks for beside what it says: `undefined` when it asks for nothing; a sentence when it asks for what
   * is not here, so that nobody can say whether a document is good.
   */
  of(schema: ConfigObject): DocumentCheck | string | undefined {
    const { [checkKeyword]: name } = schema
    if (typeof name !== 'string') return undefined
    return (
      this.#byName.get(name) ??
      `The schema requires the check ${JSON.stringify(name)}, which this program does not have. Publish with the command line or a hub, or give this program the check (option "checks" of the configuration)`
    )
  }

  /** All that a schema says and asks for. A check that is not here says nothing. */
  async compile(schema: ConfigObject): Promise<DocumentCheck> {
    const fits = await compileSchema(schema)
    const check = this.of(schema)
    return async (value, open) => {
      const issues = fits(value, open)
      return issues.length > 0 || typeof check !== 'function' ? issues : check(value, open)
    }
  }
}

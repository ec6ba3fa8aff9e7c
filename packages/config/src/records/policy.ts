import { type ParsedRecord, parseRecord } from './json-record.ts'

/** What must happen before anything below a path or folder is released. */
export interface PolicyRecord {
  /** How many people other than a draft's author must approve it. 0: anybody may publish. */
  readonly approvals: number
  /** Who may approve; absent: everybody. */
  readonly approvers?: readonly string[] | undefined
}

export function serializePolicy(policy: PolicyRecord): string {
  return JSON.stringify(policy)
}

export function parsePolicy(bytes: Uint8Array): ParsedRecord<PolicyRecord> {
  return parseRecord(bytes, (fields) => ({
    approvals: fields.count('approvals'),
    approvers: fields.optionalStrings('approvers'),
  }))
}

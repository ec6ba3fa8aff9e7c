/** One field of a message, as the JSON mapping sees it. */
export interface JsonField {
  /** The name in the `.proto` file, which is the name in JSON. */
  readonly proto: string
  /** The name in our message. */
  readonly name: string
  readonly type: 'bool' | 'bytes' | 'enum' | 'int32' | 'int64' | 'message' | 'string' | 'uint32' | 'uint64'
  /** The nested message's name. */
  readonly message?: string
  /** The enum's numbers by name. */
  readonly values?: Readonly<Record<string, number>>
  readonly repeated?: boolean
  /** Whether its default is told apart from its absence: it is a member of a oneof. */
  readonly optional?: boolean
}

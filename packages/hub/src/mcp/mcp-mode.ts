/**
 * What assistants may do: `read`; `draft`: also save and submit drafts, which a person approves and publishes; `write`:
 * everything that their user may do; `off`: nothing.
 */
export const mcpModes = ['off', 'read', 'draft', 'write'] as const

export type McpMode = (typeof mcpModes)[number]

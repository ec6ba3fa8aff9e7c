import { dnsPart } from '../dns/dns-part.ts'
import { grpcPart } from '../grpc/grpc-part.ts'
import { mcpPart } from '../mcp/mcp-part.ts'
import { oidcPart } from '../oidc/oidc-part.ts'
import { canaryPart } from './canary-part.ts'
import { checkerPart } from './checker-part.ts'
import type { HubPart } from './hub-part.ts'
import { runningPart } from './running-part.ts'
import { sessionsPart } from './sessions-part.ts'
import { timelinePart } from './timeline-part.ts'
import { tokensPart } from './tokens-part.ts'

/** Everything that a hub does besides its operations. */
export const partList: readonly HubPart[] = [
  runningPart,
  sessionsPart,
  tokensPart,
  canaryPart,
  checkerPart,
  dnsPart,
  grpcPart,
  timelinePart,
  oidcPart,
  mcpPart,
]

/** How large requests may be. */
export interface GatewayLimits {
  /** The largest message that the server takes, as on gRPC. */
  readonly maxMessageBytes: number
  /** The largest body of a call, or object of a stream. */
  readonly maxBodyBytes: number
}

/** Base64 makes four bytes of three, and names and numbers come on top. */
export function gatewayLimits(maxMessageBytes: number): GatewayLimits {
  return { maxMessageBytes, maxBodyBytes: 2 * maxMessageBytes }
}

/** How long a client may take to send the one object that a unary call needs. */
export const bodyTimeoutMs = 60_000

/** How long a client that sends too much may go on, so that it gets to read why that was too much. */
export const lingerMs = 1_000

/** Bytes of a connection's answers that may wait to be read. Those of one call may be more. */
export const maxUnreadBytes = 32 * 1024 * 1024

/** Bytes of one stream that may wait to be read. */
export const highWaterBytes = 64 * 1024

/** Of a longer answer, JSON is made in another thread: it takes more than some milliseconds. */
export const maxBytesAtOnce = 128 * 1024

/** The bytes that `UnaryRoute.invoke` leaves free for a gRPC frame's header. */
export const headroomBytes = 5

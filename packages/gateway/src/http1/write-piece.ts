import type { Socket } from 'node:net'

/** A piece of a body that small is copied behind what stands before it, so that one write takes both. */
export const joinedBytes = 16_384

/**
 * Writes a piece of a body with the framing around it, in one packet where that fits. A piece above `joinedBytes` is
 * kept until it has been written.
 *
 * @returns whether the connection takes more at once
 */
export function writePiece(socket: Socket, before: string, piece: Buffer, after: string): boolean {
  if (piece.length <= joinedBytes) return socket.write(before + piece.toString('latin1') + after, 'latin1')
  socket.cork()
  if (before !== '') socket.write(before, 'latin1')
  let takesMore = socket.write(piece)
  if (after !== '') takesMore = socket.write(after, 'latin1')
  socket.uncork()
  return takesMore
}

/** Everything on standard input. */
export async function readStdin(): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of process.stdin) chunks.push(chunk)
  return Buffer.concat(chunks)
}

// Answers `hello`, prints its port, and ends when its parent does.
import { createServer } from 'node:http'

const server = createServer((_, response) => response.end('hello'))
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
process.stdin.resume().on('end', () => process.exit(0))

// Starts a program and makes a directory, and waits to be killed before it could clean up.
import { makeTempDir, Program } from '@waypost/testkit'

const directory = makeTempDir('reaper')
const program = await Program.start(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
console.log(JSON.stringify({ directory, pid: program.pid }))
setInterval(() => {}, 1000)

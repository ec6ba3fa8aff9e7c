'use strict'

// Compiled code is kept between runs where Node can do that (22.1 and later).
require('node:module').enableCompileCache?.()

import('../dist/index.js').then(
  (cli) => cli.main(process.argv.slice(2)),
  (error) => {
    const unbuilt = error.code === 'ERR_MODULE_NOT_FOUND' && error.message.includes('dist')
    process.stderr.write(unbuilt ? 'Waypost is not built yet: run `npm run setup` first.\n' : `${error.stack}\n`)
    process.exitCode = 1
  },
)

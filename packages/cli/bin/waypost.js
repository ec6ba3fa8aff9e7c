#!/usr/bin/env node
// Only syntax that any Node reads, so that one too old to run Waypost can say so.
'use strict'

function isTooOld(major, minor) {
  return major < 20 || (major === 20 && minor < 19)
}

if (isTooOld(Number(process.versions.node.split('.')[0]), Number(process.versions.node.split('.')[1]))) {
  process.stderr.write(
    'Waypost needs Node 20.19 or later; this is Node ' +
      process.versions.node +
      '. Install a newer one from https://nodejs.org.\n',
  )
  process.exitCode = 1
} else {
  require('./start.js')
}

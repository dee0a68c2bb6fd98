#!/usr/bin/env node
// The `nhip` command of a clone. Plain JS, because it runs before anything is compiled.
import { pathToFileURL } from 'node:url'
import { bundleIsFresh, served } from '../../scripts/bundle.mjs'
import { ready } from '../../scripts/ready.mjs'

// `npm start` has just done it.
if (process.env.NHIP_READY !== '1') ready({ quiet: true })
// `nhip … | head`: who reads has enough. Not a fault, and nothing more to say to them.
process.stdout.on('error', (error) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})
const bundled = process.argv[2] === 'serve' && bundleIsFresh()
const { main } = await import(bundled ? pathToFileURL(served).href : '../dist/frame.js')
process.exitCode = await main(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
})

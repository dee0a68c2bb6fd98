import { readSettings } from '../../config.ts'
import { newLog, readyLine, serve } from '../../main.ts'

/** A node in a process of its own, for tests that kill it: `serving.fixture.ts DATA`. */
const node = await serve({
  settings: readSettings({ data: process.argv[2]!, port: '0', mqttPort: '0', profile: 'empty' }, process.env),
  log: newLog('error'),
})
process.stdout.write(`${readyLine(node)}\n`)

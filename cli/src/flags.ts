import { settingNames } from '@nhip/node/config'
import { nearest } from '@nhip/node/nearest'
import { UsageError } from './verb.ts'

export interface Arguments {
  /** What is no flag, in order. */
  rest: string[]
  /** The verb's own flags by camel-case name; '' for one without a value. */
  own: Record<string, string>
  /** Settings of the node: `--data`, `--port` … */
  settings: Record<string, string>
}

/** Settings that are switched on by their name alone. */
const switches = new Set(['demoPublic', 'insecureHttp'])

/**
 * `--tls-cert x`, `--tls-cert=x`, `--dry-run` and plain words; the last of a repeated flag wins.
 *
 * @param own flags of the verb by camel-case name: `value` takes one, `switch` none
 * @throws {UsageError} naming a flag that is not known and the nearest that is
 */
export function parseArguments(
  args: readonly string[],
  own: Record<string, 'value' | 'switch'> = {},
): Arguments {
  const parsed: Arguments = { rest: [], own: {}, settings: {} }
  for (let i = 0; i < args.length; i += 1) {
    const arg = args[i]!
    const found = /^--([a-z][a-z0-9-]*)(?:=(.*))?$/s.exec(arg)
    if (!found) {
      parsed.rest.push(arg)
      continue
    }
    const name = found[1]!.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
    const isOwn = name in own
    if (!isOwn && !settingNames.includes(name)) throw unknownFlag(arg, [...Object.keys(own), ...settingNames])
    const isSwitch = isOwn ? own[name] === 'switch' : switches.has(name)
    let value = found[2]
    if (value === undefined && !isSwitch) {
      i += 1
      value = args[i]
      if (value === undefined)
        throw new UsageError({ vi: `${arg} cần một giá trị.`, en: `${arg} needs a value.` })
    }
    ;(isOwn ? parsed.own : parsed.settings)[name] = value ?? ''
  }
  return parsed
}

function unknownFlag(arg: string, known: string[]): UsageError {
  const flags = known.map((name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`)
  const near = nearest(arg.split('=')[0]!, flags)
  return new UsageError({
    vi: `Không có cờ "${arg}".${near ? ` Có phải "${near}"?` : ''}`,
    en: `There is no flag "${arg}".${near ? ` Did you mean "${near}"?` : ''}`,
  })
}

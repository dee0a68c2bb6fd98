import { UsageError } from './verb.ts'

/** `--tls-cert x`, `--tls-cert=x`, `--insecure-http` → `{ tlsCert: 'x', insecureHttp: '' }`; the last of a repeated flag wins. */
export function flagsOf(args: readonly string[]): Record<string, string> {
  const flags: Record<string, string> = {}
  for (let i = 0; i < args.length; i += 1) {
    const arg = args[i]!
    const found = /^--([a-z][a-z0-9-]*)(?:=(.*))?$/s.exec(arg)
    if (!found) throw new UsageError({ vi: `Không hiểu "${arg}".`, en: `"${arg}" is not understood.` })
    const name = found[1]!.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
    const next = args[i + 1]
    if (found[2] !== undefined) flags[name] = found[2]
    else if (next !== undefined && !next.startsWith('--')) {
      flags[name] = next
      i += 1
    } else flags[name] = ''
  }
  return flags
}

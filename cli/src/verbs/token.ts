import { scopes } from '@nhip/node/identity/permissions'
import { createToken } from '@nhip/node/identity/users'
import { addDuration } from '../duration.ts'
import { parseArguments } from '../flags.ts'
import { call, needed, operator, reach, reachFlags, reachHelp } from '../reach.ts'
import { type Io, UsageError } from '../verb.ts'

export const summary = { vi: 'Tạo mã truy cập cho chương trình', en: 'Make a token for programs' }
export const help = {
  vi: `nhip token create --user TÊN --scope ingest,read [--expires P90D] [--name "dùng cho…"]

In mã đúng một lần. Phạm vi: ${scopes.join(', ')}. --expires: số ngày, tuần, tháng, năm theo ISO 8601 (P90D, P12W, P6M, P1Y).
${reachHelp.vi}`,
  en: `nhip token create --user NAME --scope ingest,read [--expires P90D] [--name "used for…"]

Prints the token once. Scopes: ${scopes.join(', ')}. --expires: days, weeks, months or years in ISO 8601 (P90D, P12W, P6M, P1Y).
${reachHelp.en}`,
}

export async function run(argv: string[], io: Io): Promise<number> {
  const args = parseArguments(argv, {
    ...reachFlags,
    user: 'value',
    scope: 'value',
    expires: 'value',
    name: 'value',
  })
  if (args.rest[0] !== 'create' || args.rest.length > 1)
    throw new UsageError({ vi: 'Dùng: nhip token create', en: 'Use: nhip token create' })
  const wanted = needed(args.own.scope, '--scope').split(',')
  const granted = scopes.filter((scope) => wanted.includes(scope))
  if (granted.length !== wanted.length)
    throw new UsageError({
      vi: `--scope gồm: ${scopes.join(', ')}`,
      en: `--scope is of: ${scopes.join(', ')}`,
    })
  const token = {
    username: needed(args.own.user, '--user'),
    name: args.own.name ?? 'nhip token create',
    scopes: granted,
    expiresAt: args.own.expires === undefined ? null : addDuration(new Date(), args.own.expires),
  }
  const made = await reach<{ id: string; token: string }>(args, io, {
    here: (node) => createToken(node.identity, operator, token),
    there: async (remote) => {
      const { username, ...rest } = token
      return (await (
        await call(remote, 'POST', '/api/tokens', { ...rest, user: username }, io.lang)
      ).json()) as {
        id: string
        token: string
      }
    },
  })
  io.stdout.write(io.json ? `${JSON.stringify(made)}\n` : `${made.token}\n`)
  return 0
}

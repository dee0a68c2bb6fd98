import { scopes } from '@nhip/node/identity/permissions'
import { findTokenOwner, readTokens, revokeToken } from '@nhip/node/identity/store'
import { accountOf, createToken } from '@nhip/node/identity/users'
import type { OpenNode } from '@nhip/node/main'
import { exitCodes, Stop } from '@nhip/node/stop'
import { addDuration } from '../duration.ts'
import { type Arguments, parseArguments } from '../flags.ts'
import { call, needed, operator, reach, reachFlags, reachHelp } from '../reach.ts'
import { type Io, UsageError } from '../verb.ts'

export const summary = {
  vi: 'Mã truy cập cho chương trình: tạo, liệt kê, thu hồi',
  en: 'Tokens for programs: make, list, revoke',
}
export const help = {
  vi: `nhip token create --user TÊN --scope ingest,read [--expires P90D] [--name "dùng cho…"]
nhip token list --user TÊN
nhip token revoke ID

create in mã đúng một lần. Phạm vi: ${scopes.join(', ')}. --expires: số ngày, tuần, tháng, năm theo ISO 8601 (P90D, P12W, P6M, P1Y).
${reachHelp.vi}`,
  en: `nhip token create --user NAME --scope ingest,read [--expires P90D] [--name "used for…"]
nhip token list --user NAME
nhip token revoke ID

create prints the token once. Scopes: ${scopes.join(', ')}. --expires: days, weeks, months or years in ISO 8601 (P90D, P12W, P6M, P1Y).
${reachHelp.en}`,
}

export async function run(argv: string[], io: Io): Promise<number> {
  const args = parseArguments(argv, {
    ...reachFlags,
    ...({ user: 'value', scope: 'value', expires: 'value', name: 'value' } as const),
  })
  const [action, id, ...more] = args.rest
  if (action === 'create' && id === undefined) return create(args, io)
  if (action === 'list' && id === undefined) return list(args, io)
  if (action === 'revoke' && id !== undefined && more.length === 0) return revoke(id, args, io)
  throw new UsageError({
    vi: 'Dùng: nhip token create|list, nhip token revoke ID',
    en: 'Use: nhip token create|list, nhip token revoke ID',
  })
}

async function create(args: Arguments, io: Io): Promise<number> {
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

interface Shown {
  id: string
  name: string
  prefix: string
  scopes: string[]
  expiresAt: string | null
  revokedAt: string | null
}

async function list(args: Arguments, io: Io): Promise<number> {
  const user = needed(args.own.user, '--user')
  const tokens = await reach<Shown[]>(args, io, {
    here: async ({ identity }) => {
      const tokens = await readTokens(identity.records, (await accountOf(identity, user)).id)
      return tokens.map(({ id, name, prefix, scopes: held, expiresAt, revokedAt }) => ({
        id,
        name,
        prefix,
        scopes: held,
        expiresAt,
        revokedAt,
      }))
    },
    there: async (remote) => {
      const path = `/api/tokens?user=${encodeURIComponent(user)}`
      return ((await (await call(remote, 'GET', path, undefined, io.lang)).json()) as { items: Shown[] })
        .items
    },
  })
  if (io.json) io.stdout.write(`${JSON.stringify(tokens)}\n`)
  else
    for (const { id, prefix, name, scopes: held, expiresAt, revokedAt } of tokens)
      io.stdout.write(
        `${[id, `${prefix}…`, name, held.join(','), revokedAt ? '✗' : (expiresAt ?? '∞')].join('\t')}\n`,
      )
  return exitCodes.done
}

async function revoke(id: string, args: Arguments, io: Io): Promise<number> {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id))
    throw new UsageError({
      vi: `"${id}" không phải là mã số của một mã truy cập; xem nhip token list.`,
      en: `"${id}" is not the id of a token; see nhip token list.`,
    })
  await reach(args, io, {
    here: (node) => revokeHere(node, id),
    there: async (remote) => void (await call(remote, 'DELETE', `/api/tokens/${id}`, undefined, io.lang)),
  })
  return exitCodes.done
}

async function revokeHere({ identity }: OpenNode, id: string): Promise<void> {
  const owner = await findTokenOwner(identity.records, id)
  const holder = owner === undefined ? undefined : await accountOf(identity, owner)
  const revoked =
    holder !== undefined &&
    (await identity.records.tx(operator, async (tx) => {
      tx.audit({ action: 'token.revoke', targetType: 'token', targetId: id })
      return revokeToken(tx, id, holder.id)
    }))
  if (!revoked)
    throw new Stop(exitCodes.unusable, {
      vi: `Không có mã truy cập ${id} còn hiệu lực.`,
      en: `There is no token ${id} that still holds.`,
    })
}

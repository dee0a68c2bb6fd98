import { roles } from '@nhip/node/identity/contract'
import { readUsers } from '@nhip/node/identity/store'
import { addUser, changePassword, disable } from '@nhip/node/identity/users'
import { parseArguments } from '../flags.ts'
import { passwordFrom } from '../password.ts'
import { call, callForAll, needed, operator, reach, reachFlags, reachHelp } from '../reach.ts'
import { type Io, UsageError } from '../verb.ts'

export const summary = {
  vi: 'Tài khoản: thêm, liệt kê, khóa, đổi mật khẩu',
  en: 'Accounts: add, list, disable, change password',
}
export const help = {
  vi: `nhip user add TÊN --role VAI-TRÒ [--unit MÃ] [--name "Họ tên"]    mật khẩu đọc từ stdin
nhip user list
nhip user disable TÊN
nhip user passwd TÊN                                               mật khẩu mới đọc từ stdin

Vai trò: ${roles.join(', ')}. Không nêu --unit: vai trò áp dụng cho cả nút.
${reachHelp.vi}`,
  en: `nhip user add NAME --role ROLE [--unit ID] [--name "Full name"]    the password is read from stdin
nhip user list
nhip user disable NAME
nhip user passwd NAME                                              the new password is read from stdin

Roles: ${roles.join(', ')}. Without --unit the role holds for the whole node.
${reachHelp.en}`,
}

interface Shown {
  username: string
  displayName: string
  disabledAt: string | null
}

export async function run(argv: string[], io: Io): Promise<number> {
  const args = parseArguments(argv, { ...reachFlags, role: 'value', unit: 'value', name: 'value' })
  const [action, username] = args.rest
  if (action === 'list') {
    const users = await reach<Shown[]>(args, io, {
      here: (node) => readUsers(node.records),
      there: (remote) => callForAll<Shown>(remote, '/api/users', io.lang),
    })
    if (io.json) io.stdout.write(`${JSON.stringify(users)}\n`)
    else
      for (const user of users)
        io.stdout.write(`${user.username}\t${user.displayName}${user.disabledAt ? '\t✗' : ''}\n`)
    return 0
  }
  const name = needed(username, 'TÊN / NAME')
  if (action === 'add') {
    const role = roles.find((one) => one === args.own.role)
    if (!role)
      throw new UsageError({
        vi: `--role là một trong: ${roles.join(', ')}`,
        en: `--role is one of: ${roles.join(', ')}`,
      })
    const applicant = {
      username: name,
      displayName: args.own.name ?? name,
      password: await passwordFrom(io),
      memberships: [{ unit: args.own.unit ?? '*', role }],
    }
    await reach(args, io, {
      here: (node) => addUser(node.identity, operator, applicant),
      there: async (remote) => void (await call(remote, 'POST', '/api/users', applicant, io.lang)),
    })
    return 0
  }
  if (action === 'disable') {
    await reach(args, io, {
      here: (node) => disable(node.identity, operator, name),
      there: async (remote) =>
        void (await call(
          remote,
          'POST',
          `/api/users/${encodeURIComponent(name)}/disable`,
          undefined,
          io.lang,
        )),
    })
    return 0
  }
  if (action === 'passwd') {
    const password = await passwordFrom(io)
    await reach(args, io, {
      here: (node) => changePassword(node.identity, operator, name, password),
      there: async (remote) =>
        void (await call(
          remote,
          'PUT',
          `/api/users/${encodeURIComponent(name)}/password`,
          { password },
          io.lang,
        )),
    })
    return 0
  }
  throw new UsageError({
    vi: 'Dùng: nhip user add|list|disable|passwd',
    en: 'Use: nhip user add|list|disable|passwd',
  })
}

import { readSettings } from '@nhip/node/config'
import { newLog, openNode } from '@nhip/node/main'
import { parseArguments } from '../flags.ts'
import type { Io } from '../verb.ts'

export const summary = {
  vi: 'Tạo một thư mục dữ liệu mà không chạy nút',
  en: 'Make a data folder without serving it',
}
export const help = {
  vi: `nhip init --data DIR --profile demo|empty

Tạo thư mục, lược đồ và danh mục đơn vị hành chính; ghi nhớ hồ sơ (profile) của thư mục. Mã thoát: như nhip serve`,
  en: `nhip init --data DIR --profile demo|empty

Makes the folder, its schema and the administrative units, and records its profile. Exit codes: as nhip serve`,
}

export async function run(args: string[], io: Io): Promise<number> {
  const settings = readSettings({ lang: io.lang, ...parseArguments(args).settings }, process.env)
  const node = await openNode({ settings, log: newLog('warn') })
  const { path, node: made } = node.folder
  const units = node.units.territory().units().length
  await node.close()
  if (io.json)
    io.stdout.write(`${JSON.stringify({ data: path, id: made.id, profile: made.profile, units })}\n`)
  else
    io.stdout.write(
      io.lang === 'vi'
        ? `Thư mục ${path} đã sẵn sàng (hồ sơ ${made.profile}, ${units} đơn vị hành chính qua các thời kỳ).\n`
        : `Folder ${path} is ready (profile ${made.profile}, ${units} administrative units over time).\n`,
    )
  return 0
}

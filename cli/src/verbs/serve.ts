import { startEngineAhead } from '@nhip/node/records/engine-thread'
import type { Io } from '../verb.ts'

// Little is imported above, so that the thread starts before most of the program is read.

export const summary = { vi: 'Chạy một nút và phục vụ trang web, API', en: 'Run a node: pages and API' }

export async function help() {
  const { flagOf, settingNames } = await import('@nhip/node/config')
  const flags = settingNames.map(flagOf).join(' ')
  return {
    vi: `nhip serve --data DIR --port N --profile demo|empty [--host 127.0.0.1] …

In đúng một dòng JSON ra stdout khi sẵn sàng; nhật ký ra stderr. Mỗi cấu hình nêu bằng cờ, biến môi trường hoặc DIR/nhip.json.
Cờ: ${flags}
Mã thoát: 0 dừng bình thường · 2 cấu hình sai · 3 thư mục đang được dùng · 4 nâng cấp dữ liệu thất bại
          5 kho dữ liệu hỏng · 6 cổng đang bị chiếm · 70 lỗi của chương trình`,
    en: `nhip serve --data DIR --port N --profile demo|empty [--host 127.0.0.1] …

Prints exactly one JSON line on stdout when ready; the log goes to stderr. Each setting: flag, environment or DIR/nhip.json.
Flags: ${flags}
Exit codes: 0 stopped · 2 configuration · 3 folder in use · 4 migration failed · 5 store damaged
            6 port in use · 70 a fault of ours`,
  }
}

export async function run(args: string[], io: Io): Promise<number> {
  startEngineAhead()
  const [{ parseArguments }, { readSettings }, { greeting, readyLine, serve }, { cityOfTheDemo }] =
    await Promise.all([
      import('../flags.ts'),
      import('@nhip/node/config'),
      import('@nhip/node/main'),
      import('../demo-city.ts'),
    ])
  const settings = readSettings({ lang: io.lang, ...parseArguments(args).settings }, process.env)
  const dies = (error: unknown) => {
    io.stderr.write(`${(error as Error)?.stack ?? error}\n`)
    // Nothing is flushed: what a crash leaves behind is what recovery is tested with.
    process.exit(70)
  }
  process.on('uncaughtException', dies)
  process.on('unhandledRejection', dies)
  const stop = signals()
  const node = await serve({ settings, seed: cityOfTheDemo })
  stop.ready = true
  const words = greeting(node)
  if (words) io.stderr.write(`${words[io.lang]}\n`)
  io.stdout.write(`${readyLine(node)}\n`)
  await stop.asked
  await node.stop()
  return 0
}

/**
 * The first SIGINT or SIGTERM asks for an orderly stop, a second one ends the process at once; so does the first while
 * the stores are still being opened, because there is nothing yet to stop in order.
 */
function signals(): { asked: Promise<void>; ready: boolean } {
  let ask: () => void = () => undefined
  const state = {
    ready: false,
    asked: new Promise<void>((resolve) => {
      ask = resolve
    }),
  }
  let asked = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (asked || !state.ready) process.exit(130)
      asked = true
      ask()
    })
  return state
}

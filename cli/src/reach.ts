import { readSettings } from '@nhip/node/config'
import { announced } from '@nhip/node/data-folder'
import { newLog, type OpenNode, openNode } from '@nhip/node/main'
import { exitCodes, Stop } from '@nhip/node/stop'
import type { Arguments } from './flags.ts'
import { type Io, UsageError } from './verb.ts'

/** A node that runs and is asked over HTTP. */
export interface Remote {
  url: string
  token: string | null
}

/** In whose name a verb writes when it opens the folder itself. */
export const operator = { id: 'operator' }

/**
 * Where a verb does its work. With `--url` at that node, with `--token` or NHIP_TOKEN. Else on the data folder: opened
 * here when nobody has it, through the node that holds it when one runs there: whoever may read the folder may use the
 * key that the node leaves in it.
 */
export async function reach<T>(
  args: Arguments,
  io: Io,
  work: { here: (node: OpenNode) => Promise<T>; there: (remote: Remote) => Promise<T> },
): Promise<T> {
  const { url } = args.own
  const token = args.own.token ?? process.env.NHIP_TOKEN ?? null
  if (url !== undefined) return work.there({ url: url.replace(/\/$/, ''), token })
  const settings = readSettings({ lang: io.lang, ...args.settings }, process.env)
  let node: OpenNode
  try {
    node = await openNode({ settings, log: newLog('warn') })
  } catch (error) {
    const running =
      error instanceof Stop && error.exitCode === exitCodes.folderInUse ? announced(settings.data) : null
    if (!running) throw error
    return work.there({ url: running.url, token: token ?? running.token })
  }
  try {
    return await work.here(node)
  } finally {
    await node.close()
  }
}

/** Flags of every verb that can reach a node both ways. */
export const reachFlags = { url: 'value', token: 'value' } as const

export const reachHelp = {
  vi: `  --data DIR           thư mục dữ liệu (mặc định ./data); nếu một nút đang chạy trên đó thì làm việc qua nút ấy
  --url URL --token T  làm việc với một nút ở nơi khác (hoặc biến NHIP_TOKEN)`,
  en: `  --data DIR           data folder (default ./data); when a node runs on it, the work goes through that node
  --url URL --token T  work with a node elsewhere (or variable NHIP_TOKEN)`,
}

/** One request to a node. @throws {Stop} with the node's own words when it refuses */
export async function call(
  remote: Remote,
  method: string,
  path: string,
  body?: unknown,
  lang = 'vi',
): Promise<Response> {
  const form = body instanceof FormData
  let response: Response
  try {
    response = await fetch(`${remote.url}${path}`, {
      method,
      headers: {
        'accept-language': lang,
        ...(remote.token ? { authorization: `Bearer ${remote.token}` } : {}),
        ...(body !== undefined && !form ? { 'content-type': 'application/json' } : {}),
      },
      ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }),
    })
  } catch (cause) {
    throw new Stop(
      exitCodes.unusable,
      { vi: `Không kết nối được tới ${remote.url}.`, en: `Cannot connect to ${remote.url}.` },
      cause,
    )
  }
  if (response.ok) return response
  throw await refusalOf(response, lang)
}

/** All items of a list that comes in pages. @throws {Stop} with the node's own words when it refuses */
export async function callForAll<T>(remote: Remote, path: string, lang: string): Promise<T[]> {
  const items: T[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query = new URLSearchParams({ limit: '200', ...(cursor === '' ? {} : { cursor }) })
    const page = (await (await call(remote, 'GET', `${path}?${query}`, undefined, lang)).json()) as {
      items: T[]
      nextCursor: string | null
    }
    items.push(...page.items)
    cursor = page.nextCursor
  }
  return items
}

async function refusalOf(response: Response, lang: string): Promise<Stop> {
  const text = await response.text()
  let detail = text.slice(0, 300)
  try {
    const problem = JSON.parse(text) as { detail: string; errors?: { message: { vi: string; en: string } }[] }
    detail = [
      problem.detail,
      ...(problem.errors ?? [])
        .slice(0, 10)
        .map(({ message }) => `  ${lang === 'en' ? message.en : message.vi}`),
    ].join('\n')
  } catch {
    // Not a problem document: what came is shown as it is.
  }
  return new Stop(response.status >= 500 ? exitCodes.no : exitCodes.unusable, {
    vi: `Nút từ chối (${response.status}): ${detail}`,
    en: `The node refused (${response.status}): ${detail}`,
  })
}

export function needed(value: string | undefined, flag: string): string {
  if (value !== undefined && value !== '') return value
  throw new UsageError({ vi: `Thiếu ${flag}.`, en: `${flag} is missing.` })
}

import { check } from '../policy/check.ts'
import { evaluate } from '../policy/eval.ts'
import { explain } from '../policy/explain.ts'
import { tck } from '../policy/tck.ts'
import { test } from '../policy/test.ts'
import { type Io, UsageError } from '../verb.ts'

export const summary = {
  vi: 'Chính sách: kiểm tra, tính, giải thích',
  en: 'Policies: check, evaluate, explain',
}
export const help = {
  vi: `nhip policy tck DIR [--failures] [--filter MẪU]   chạy bộ kiểm thử tương thích DMN
Mã thoát: 0 xong · 1 có ca không đạt · 2 dùng sai`,
  en: `nhip policy tck DIR [--failures] [--filter GLOB]   runs the DMN Technology Compatibility Kit
Exit codes: 0 done · 1 a case failed · 2 usage`,
}

const actions: Record<string, (args: string[], io: Io) => Promise<number>> = {
  check,
  eval: evaluate,
  explain,
  test,
  tck,
}

export async function run(args: string[], io: Io): Promise<number> {
  const [name, ...rest] = args
  const action = name === undefined ? undefined : actions[name]
  if (!action) {
    const all = Object.keys(actions).join(', ')
    throw new UsageError({ vi: `Cần một trong: ${all}.`, en: `Want one of: ${all}.` })
  }
  return action(rest, io)
}

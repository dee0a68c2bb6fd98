import { type Io, UsageError } from '../verb.ts'

export const summary = {
  vi: 'Đo lường: bộ chỉ số, điểm, xếp hạng',
  en: 'Measurement: frameworks, scores, ranks',
}
export const help = {
  vi: `nhip measure check BỘ-CHỈ-SỐ.yaml [--json]
nhip measure compute BỘ-CHỈ-SỐ.yaml DỮ-LIỆU.csv [--wide CỘT] [--time CỘT] [--period KỲ] [--as-published NGÀY] [--diagnostics] [--json]
nhip measure explain BỘ-CHỈ-SỐ.yaml DỮ-LIỆU.csv --unit ĐƠN-VỊ [--node NÚT] [--json]
nhip measure formula 'CÔNG-THỨC' DỮ-LIỆU.csv --unit ĐƠN-VỊ [--period KỲ] [--definitions TỆP.yaml] [--sql] [--json]
nhip measure rank BỘ-CHỈ-SỐ.yaml DỮ-LIỆU.csv [--draws N] [--seed S] [--level 0.9] [--sobol K] [--jobs N] [--wide CỘT] [--json]
nhip measure change BỘ-1.yaml SỐ-LIỆU-1.csv BỘ-2.yaml SỐ-LIỆU-2.csv --unit MÃ [--from KỲ] [--to KỲ] [--crosswalk TỆP] [--from-on-new-map TỆP --to-on-old-map TỆP] [--json]
nhip measure improve BỘ-CHỈ-SỐ.yaml DỮ-LIỆU.csv --unit MÃ [--effort CÔNG-SỨC.csv] [--budget N] [--steps N] [--pending MỤC,MỤC] [--json]
nhip measure quality DỮ-LIỆU.csv --rules QUY-TẮC.yaml [--wide CỘT] [--as-published NGÀY] [--json]
nhip measure convert VÀO RA --format csv|json|sdmx-csv [--bom]
nhip measure map DỮ-LIỆU.csv --units THƯ-MỤC --view as_now|as_then|NGÀY --shares equal|area|population [--agg sum] [--codes] [--interval]
nhip measure edition BỘ-CHỈ-SỐ.yaml DỮ-LIỆU.csv --as-published NGÀY --out THƯ-MỤC [--wide CỘT] [--json]
nhip measure diff BẢN-1 BẢN-2 [--json]

Mã thoát: 0 xong · 1 câu trả lời là không · 2 dùng sai, dữ liệu không đọc được`,
  en: `nhip measure check FRAMEWORK.yaml [--json]
nhip measure compute FRAMEWORK.yaml DATA.csv [--wide COLUMN] [--time COLUMN] [--period P] [--as-published D] [--diagnostics] [--json]
nhip measure explain FRAMEWORK.yaml DATA.csv --unit UNIT [--node NODE] [--json]
nhip measure formula 'EXPR' DATA.csv --unit UNIT [--period P] [--definitions FILE.yaml] [--sql] [--json]
nhip measure rank FRAMEWORK.yaml DATA.csv [--draws N] [--seed S] [--level 0.9] [--sobol K] [--jobs N] [--wide COLUMN] [--json]
nhip measure change F1.yaml D1.csv F2.yaml D2.csv --unit U [--from P] [--to P] [--crosswalk FILE] [--from-on-new-map FILE --to-on-old-map FILE] [--json]
nhip measure improve FRAMEWORK.yaml DATA.csv --unit U [--effort E.csv] [--budget N] [--steps N] [--pending ITEM,ITEM] [--json]
nhip measure quality DATA.csv --rules R.yaml [--wide COLUMN] [--as-published D] [--json]
nhip measure convert IN OUT --format csv|json|sdmx-csv [--bom]
nhip measure map DATA.csv --units DIR --view as_now|as_then|DATE --shares equal|area|population [--agg sum] [--codes] [--interval]
nhip measure edition FRAMEWORK.yaml DATA.csv --as-published D --out DIR [--wide COLUMN] [--json]
nhip measure diff E1 E2 [--json]

Exit codes: 0 done · 1 the answer is no · 2 usage, input that cannot be read`,
}

type Action = (args: string[], io: Io) => Promise<number>

/** Each action is loaded when called: some bring DuckDB or worker threads. */
const actions: Record<string, () => Promise<Action>> = {
  check: async () => (await import('../measure/check.ts')).check,
  compute: async () => (await import('../measure/compute.ts')).compute,
  explain: async () => (await import('../measure/explain.ts')).explain,
  formula: async () => (await import('../measure/formula.ts')).formula,
  rank: async () => (await import('../measure/rank.ts')).rank,
  change: async () => (await import('../measure/change.ts')).change,
  improve: async () => (await import('../measure/improve.ts')).improve,
  quality: async () => (await import('../measure/quality.ts')).quality,
  convert: async () => (await import('../measure/convert.ts')).convert,
  map: async () => (await import('../measure/map.ts')).map,
  edition: async () => (await import('../measure/edition.ts')).edition,
  diff: async () => (await import('../measure/diff.ts')).diff,
}

export async function run(args: string[], io: Io): Promise<number> {
  const [name, ...rest] = args
  const action = name === undefined ? undefined : actions[name]
  if (!action) {
    const all = Object.keys(actions).join(', ')
    throw new UsageError({ vi: `Cần một trong: ${all}.`, en: `Want one of: ${all}.` })
  }
  return (await action())(rest, io)
}

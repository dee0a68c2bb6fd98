import { check } from '../policy/check.ts'
import { diff } from '../policy/diff.ts'
import { evaluate } from '../policy/eval.ts'
import { explain } from '../policy/explain.ts'
import { population } from '../policy/population.ts'
import { simulate } from '../policy/simulate.ts'
import { sql } from '../policy/sql.ts'
import { tck } from '../policy/tck.ts'
import { test } from '../policy/test.ts'
import { type Io, UsageError } from '../verb.ts'

export const summary = {
  vi: 'Chính sách: kiểm tra, tính, giải thích',
  en: 'Policies: check, evaluate, explain',
}
export const help = {
  vi: `nhip policy check BUNDLE|TỆP.dmn [--fail-on warning] [--budget-ms N]   tìm mọi lỗi của một gói: chỗ trống, mâu thuẫn, dòng bị che
             [--population DIR [--period KỲ]]  mỗi lỗi chạm tới bao nhiêu người
nhip policy check --schema policy|parameter|reform|test|population  in lược đồ JSON cho trình soạn thảo
nhip policy eval BUNDLE --period KỲ --input S.json [--output a,b]   tính một tình huống
nhip policy eval TỆP.dmn [--decision|--service|--bkm TÊN] [--input C.json]
nhip policy explain BUNDLE --period KỲ --input S.json --variable V [--of MÃ]   vì sao ra số ấy, đến từng điều luật
nhip policy test BUNDLE [--coverage] [--mutants N] [--openfisca THƯ-MỤC [--map M.yaml]]   chạy các ca mẫu
nhip policy diff A B | diff A --reform MÃ                           hai gói khác nhau chỗ nào, theo điều luật
             [--population DIR [--period KỲ]]  và tác động: thu chi, ai được ai mất
nhip policy sql BUNDLE --dialect duckdb|postgres --period KỲ [--output a,b]   luật ấy thành SQL, số tiền chính xác
nhip policy tck DIR [--failures] [--filter MẪU]                     chạy bộ kiểm thử tương thích DMN
nhip policy population synth --spec S.yaml --seed N [--share 0.01] --out DIR   tạo dân số tổng hợp từ số liệu công bố
nhip policy population check DIR                                    kiểm tra một dân số
nhip policy simulate BUNDLE --population DIR|--synth S.yaml --period KỲ   mô phỏng trên dân số: thu chi, ai được ai mất, vách đá, lỗi
             [--reform MÃ|TỆP] [--base MÃ|TỆP]  cải cách, và điều đặt lên nền (chỉ có --base thì gói đang có là cải cách)
             [--seeds 5|1-5] [--share 0.01] [--jobs N] [--backend kernel|interpreter] [--emtr BIẾN [--step 100000]]
             [--analyses paths,emtr,invariants,dead,sensitivity,equal,dates] [--out DIR] [--replay CHỨNG-NHẬN.json]

Chung: --as-known NGÀY  luật như được biết ngày ấy · --reform MÃ|TỆP  đặt cải cách lên gói (lặp lại được)
       --input -        đọc từ đầu vào chuẩn
Mã thoát: 0 xong · 1 có ca không đạt, có cảnh báo khi --fail-on warning · 2 dùng sai, gói hay dữ liệu không đọc được`,
  en: `nhip policy check BUNDLE|FILE.dmn [--fail-on warning] [--budget-ms N]  everything wrong with a bundle: gaps, contradictions, masked rules
             [--population DIR [--period P]]  how many people each finding meets
nhip policy check --schema policy|parameter|reform|test|population  prints a JSON Schema for editors
nhip policy eval BUNDLE --period P --input S.json [--output a,b]    works out one situation
nhip policy eval FILE.dmn [--decision|--service|--bkm NAME] [--input C.json]
nhip policy explain BUNDLE --period P --input S.json --variable V [--of ID]    why, down to the articles of law
nhip policy test BUNDLE [--coverage] [--mutants N] [--openfisca DIR [--map M.yaml]]       runs the golden cases
nhip policy diff A B | diff A --reform ID                           what differs between two bundles, by article
             [--population DIR [--period P]]  and the impact: money, who gains and loses
nhip policy sql BUNDLE --dialect duckdb|postgres --period P [--output a,b]    the law as SQL, in exact money
nhip policy tck DIR [--failures] [--filter GLOB]                    runs the DMN Technology Compatibility Kit
nhip policy population synth --spec S.yaml --seed N [--share 0.01] --out DIR   makes a synthetic population from published margins
nhip policy population check DIR                                    checks a population
nhip policy simulate BUNDLE --population DIR|--synth S.yaml --period P    simulates on a population: money, winners, cliffs, flaws
             [--reform ID|FILE] [--base ID|FILE]  the reform, and what is laid on the baseline (with --base alone the bundle is the reform)
             [--seeds 5|1-5] [--share 0.01] [--jobs N] [--backend kernel|interpreter] [--emtr VARIABLE [--step 100000]]
             [--analyses paths,emtr,invariants,dead,sensitivity,equal,dates] [--out DIR] [--replay CERTIFICATE.json]

Common: --as-known DATE  the law as it was known that day · --reform ID|FILE  lays a reform on it (repeatable)
        --input -        reads the standard input
Exit codes: 0 done · 1 a case failed, a warning with --fail-on warning · 2 usage, a bundle or input that cannot be read`,
}

const actions: Record<string, (args: string[], io: Io) => Promise<number>> = {
  check,
  diff,
  eval: evaluate,
  explain,
  test,
  sql,
  tck,
  population,
  simulate,
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

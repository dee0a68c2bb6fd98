import { detectRows } from '../detect/rows.ts'
import { scoreFolder } from '../detect/score-folder.ts'
import type { Io } from '../verb.ts'

export const summary = {
  vi: 'Phát hiện bất thường trong dòng số liệu, từng dòng một, không nhìn trước',
  en: 'Anomalies in a stream of figures, row by row, without looking ahead',
}

export const help = {
  vi: `nhip detect TỆP.csv [--time CỘT] [--value CỘT] [--threshold NGƯỠNG]
  Ra CSV: timestamp,value,expected,lower,upper,score,p,alert,reason, mỗi dòng vào một dòng ra; --json: các cảnh báo.
nhip detect score THƯ_MỤC [--labels TỆP] [--results THƯ_MỤC]
  Chấm theo luật Numenta Anomaly Benchmark; --results: chấm kết quả của bộ phát hiện khác (cột anomaly_score).
Mã thoát: 0 xong · 2 tệp hoặc tùy chọn sai · 70 lỗi của chương trình`,
  en: `nhip detect FILE.csv [--time COLUMN] [--value COLUMN] [--threshold T]
  CSV out: timestamp,value,expected,lower,upper,score,p,alert,reason, one row per input row; --json: the alerts.
nhip detect score DIR [--labels FILE] [--results DIR]
  By the rules of the Numenta Anomaly Benchmark; --results: scores another detector's files (column anomaly_score).
Exit codes: 0 done · 2 unusable file or option · 70 a fault of ours`,
}

export async function run(args: string[], io: Io): Promise<number> {
  return args[0] === 'score' ? scoreFolder(args.slice(1), io) : detectRows(args, io)
}

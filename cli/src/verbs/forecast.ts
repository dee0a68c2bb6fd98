import { issue } from '../forecast/issue.ts'
import { score } from '../forecast/score.ts'
import type { Io } from '../verb.ts'

export const summary = {
  vi: 'Dự báo chuỗi số liệu, kèm khoảng tin cậy và giá trị so với cách đoán đơn giản',
  en: 'Forecasts of series, with bands and their worth against a simple guess',
}

export const help = {
  vi: `nhip forecast TỆP --format series|csv --horizon SỐ_BƯỚC --frequency F [tùy chọn]
  F: A Q M W D H PT30M PT15M PT5M, hoặc độ dài mùa vụ (1 = không có)
  series: mỗi dòng một chuỗi "mã|v1 v2 v3 …"; csv: có dòng tiêu đề, cột time,value và nếu cần series
  --time --value --series TÊN_CỘT   --nature share|count|level|index   --bounds 0,100   --level 80,95
  --model auto|naive|naive2|snaive|drift|ses|holt|damped|ets|theta|dotm|ar|mstl|sba|tsb   --origin KỲ
  --limit X --direction above|below --mode at|by   (khả năng vượt ngưỡng)   --seed N   --jobs N

nhip forecast score TỆP [--model M] [--jobs N] [--forecasts RA.csv] [--from VÀO.csv] [--max-owa X]
  Dòng đầu của TỆP: id|group|frequency|horizon|train|test. Cột test chỉ dùng để chấm.

Mã thoát: 0 mọi chuỗi có câu trả lời · 1 vượt --max-owa · 2 tệp hoặc tùy chọn sai · 70 lỗi của chương trình`,
  en: `nhip forecast FILE --format series|csv --horizon STEPS --frequency F [options]
  F: A Q M W D H PT30M PT15M PT5M, or a season length (1 = none)
  series: one series a line "id|v1 v2 v3 …"; csv: a header, columns time,value and maybe series
  --time --value --series COLUMN   --nature share|count|level|index   --bounds 0,100   --level 80,95
  --model auto|naive|naive2|snaive|drift|ses|holt|damped|ets|theta|dotm|ar|mstl|sba|tsb   --origin PERIOD
  --limit X --direction above|below --mode at|by   (chance of crossing a limit)   --seed N   --jobs N

nhip forecast score FILE [--model M] [--jobs N] [--forecasts OUT.csv] [--from IN.csv] [--max-owa X]
  First line of FILE: id|group|frequency|horizon|train|test. The test column is read by the evaluator alone.

Exit codes: 0 every series answered · 1 above --max-owa · 2 unusable file or option · 70 a fault of ours`,
}

export async function run(args: string[], io: Io): Promise<number> {
  return args[0] === 'score' ? score(args.slice(1), io) : issue(args, io)
}

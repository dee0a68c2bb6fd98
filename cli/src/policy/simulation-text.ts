import type { Exact } from '@nhip/policy/simulate/exact-json'
import type { CliffFinding, Compared, SimulationResult, SpreadLine } from '@nhip/policy/simulate/result'

type Report = SimulationResult & {
  readonly spread: readonly SpreadLine[] | null
  readonly timing: { readonly ms: number; readonly jobs: number; readonly backend: string }
  readonly certificate: { readonly sha256: string }
}

function numberText(lang: 'vi' | 'en'): (x: Exact | number) => string {
  const whole = new Intl.NumberFormat(lang)
  const fine = new Intl.NumberFormat(lang, { maximumFractionDigits: 4 })
  return (x) =>
    typeof x === 'number' ? fine.format(x) : whole.format(typeof x === 'bigint' ? x : (String(x) as never))
}

/** Who pays and who receives: money, winners and losers by tenth, inequality and poverty. */
export function effectsText(
  report: Pick<SimulationResult, 'budget' | 'winners' | 'inequality'> &
    Partial<Pick<SimulationResult, 'reform' | 'paths'>>,
  lang: 'vi' | 'en',
): string {
  const t = (vi: string, en: string): string => (lang === 'vi' ? vi : en)
  const n = numberText(lang)
  const percent = (x: number | null): string => (x === null ? '–' : `${n(Math.round(x * 1e6) / 1e4)} %`)
  const lines: string[] = []
  const say = (text = ''): void => void lines.push(text)
  say(t('Thu chi mỗi kỳ (nền → cải cách: chênh lệch)', 'Money a period (base → reform: difference)'))
  const compared = ({ base, reform, difference }: Compared): string =>
    `${n(base)} → ${n(reform)}: ${n(difference)}`
  for (const { variable, base, reform, difference } of report.budget)
    say(`  ${variable}: ${compared({ base, reform, difference })}`)
  if (report.reform !== null) {
    const { persons, households, by_decile } = report.winners
    say()
    say(
      t(
        `Được lợi ${n(persons.gain)} người (${n(households.gain)} hộ), thiệt ${n(persons.lose)} người (${n(households.lose)} hộ), không đổi ${n(persons.same)} người`,
        `${n(persons.gain)} persons gain (${n(households.gain)} households), ${n(persons.lose)} lose (${n(households.lose)} households), ${n(persons.same)} stay`,
      ),
    )
    say(t('  nhóm  được lợi  thiệt  bình quân một hộ', '  tenth  gain  lose  mean a household'))
    for (const d of by_decile)
      say(`  ${String(d.decile).padStart(5)}  ${n(d.gain)}  ${n(d.lose)}  ${n(Math.round(d.mean_change))}`)
    for (const { path, households: changed, money } of report.paths?.slice(0, 5) ?? [])
      say(`  ${t('qua', 'by')} ${path}: ${n(changed)} ${t('dòng hộ', 'rows of households')}, ${n(money)}`)
  }
  const { gini, poverty, negative } = report.inequality
  say()
  say(
    `Gini: ${gini.base === null ? '–' : n(gini.base)} → ${gini.reform === null ? '–' : n(gini.reform)}${negative.base + negative.reform > 0 ? ` (${t('có thu nhập âm', 'with negative incomes')}: ${negative.base}, ${negative.reform})` : ''}`,
  )
  for (const { line, base, reform } of poverty)
    say(
      `${t('Nghèo', 'Poverty')} ${line} (${n(base.amount)}): FGT0 ${percent(base.fgt0)} → ${percent(reform.fgt0)}, FGT1 ${percent(base.fgt1)} → ${percent(reform.fgt1)}, FGT2 ${percent(base.fgt2)} → ${percent(reform.fgt2)}`,
    )
  return lines.join('\n')
}

/** A report for people: money and heads first, then flaws, then what it rests on. */
export function simulationText(report: Report, lang: 'vi' | 'en'): string {
  const t = (vi: string, en: string): string => (lang === 'vi' ? vi : en)
  const n = numberText(lang)
  const lines: string[] = []
  const say = (text = ''): void => void lines.push(text)
  const kind = report.synthetic ? t('TỔNG HỢP, không có thật', 'SYNTHETIC, nobody in it exists') : ''
  say(`${report.bundle.title[lang]} · ${report.period}`)
  say(
    `${report.population.title[lang]}${kind ? ` (${kind})` : ''}: ${n(report.persons)} ${t('người', 'persons')}, ${n(report.households)} ${t('hộ', 'households')} (${n(report.rows.persons)} ${t('dòng người', 'rows of persons')}${report.population.seed === null ? '' : `, ${t('hạt giống', 'seed')} ${report.population.seed}`})`,
  )
  const law = (names: readonly string[]): string =>
    names.length === 0 ? t('gói như đang có', 'the bundle as it is') : names.join(' + ')
  say(
    `${t('Nền', 'Base')}: ${law(report.base)}${report.reform ? ` · ${t('Cải cách', 'Reform')}: ${law(report.reform)}` : ''}`,
  )
  say()
  lines.push(effectsText(report, lang))
  const cliffs = (list: readonly CliffFinding[]): void => {
    for (const { path, persons, money, lowest_threshold, highest_threshold, witness } of list) {
      say(
        `  ${t('vách tại', 'cliff at')} ${n(lowest_threshold)}${String(lowest_threshold) === String(highest_threshold) ? '' : ` … ${n(highest_threshold)}`} (${path}): ${n(persons)} ${t('người', 'persons')}, ${t('mất', 'lose')} ${n(money)}`,
      )
      say(
        `    ${t('ví dụ nhỏ nhất: hộ', 'smallest witness: household')} ${witness.household}, ${witness.person}, ${witness.variable} ${n(witness.threshold)} → ${n(witness.before)}; +1 → ${n(witness.after)}`,
      )
    }
  }
  for (const [name, rates] of [
    [t('nền', 'base'), report.emtr?.base],
    [t('cải cách', 'reform'), report.emtr?.reform],
  ] as const) {
    if (!rates) continue
    say()
    say(
      `${t('Thuế suất biên thực tế', 'Effective marginal rates')} (${name}; ${rates.variable} + ${n(rates.delta)}): ${t('trên 100 %', 'above 100 %')} ${n(rates.above100)} ${t('trong', 'of')} ${n(rates.persons)}, ${t('cao nhất', 'highest')} ${rates.max === null ? '–' : `${n(rates.max)} %`}`,
    )
    cliffs(rates.witnesses)
  }
  for (const { id, ok, persons, witnesses } of report.invariants) {
    say(
      `${t('Bất biến', 'Invariant')} ${id}: ${ok ? t('giữ được', 'holds') : `${t('vi phạm với', 'broken for')} ${n(persons)} ${t('người', 'persons')}`}`,
    )
    cliffs(witnesses)
  }
  if (report.dead.length > 0) {
    say()
    for (const how of ['never-read', 'never-decisive', 'nobody', 'everybody'] as const) {
      const names = report.dead.filter((d) => d.how === how).map(({ name }) => name)
      const label = {
        'never-read': t('Không công thức nào đọc', 'Read by no formula'),
        'never-decisive': t('Không làm ai thay đổi', 'Change nobody'),
        nobody: t('Không ai được', 'Nobody has'),
        everybody: t('Ai cũng được', 'Everybody has'),
      }[how]
      if (names.length > 0) say(`${label}: ${names.join(', ')}`)
    }
  }
  if (report.sensitivity.length > 0) {
    say()
    say(
      t(
        'Tham số nhạy nhất (thu nhập của mọi hộ khi tăng một bước)',
        'Most sensitive parameters (income of all households, one step up)',
      ),
    )
    for (const { parameter, step, up } of report.sensitivity.slice(0, 10))
      say(`  ${parameter} +${step}: ${up ? n(up.income) : '–'}`)
  }
  for (const { relevant, output, groups, persons } of report.equal_treatment)
    if (groups > 0)
      say(
        t(
          `Giống nhau về ${relevant.join(', ')} nhưng khác ${output}: ${n(groups)} nhóm, ${n(persons)} dòng`,
          `Alike in ${relevant.join(', ')} but not in ${output}: ${n(groups)} groups, ${n(persons)} rows`,
        ),
      )
  for (const { column, households } of report.flips)
    if (households > 0)
      say(
        t(
          `Đổi "${column}" thì ${n(households)} dòng hộ có thu nhập khác`,
          `With another "${column}" ${n(households)} rows of households have another income`,
        ),
      )
  for (const { date, before, after, budget } of report.dates) {
    const changed = Object.entries(budget).filter(([, { difference }]) => difference !== 0n)
    say(
      `${date} (${before} → ${after}): ${changed.length === 0 ? t('không đổi', 'no change') : changed.map(([name, { difference }]) => `${name} ${difference === null ? t('chưa có luật ở một phía', 'no law on one side') : n(difference)}`).join(', ')}`,
    )
  }
  if (report.births)
    say(
      t(
        `Sinh sớm một ngày: ${n(report.births.day_earlier)} dòng hộ khác; muộn một ngày: ${n(report.births.day_later)}; sinh 29/2: ${n(report.births.on_29_february)} người`,
        `Born a day earlier: ${n(report.births.day_earlier)} rows of households differ; a day later: ${n(report.births.day_later)}; born on 29 February: ${n(report.births.on_29_february)} persons`,
      ),
    )
  if (report.spread) {
    say()
    say(
      t(
        `Khoảng trên ${report.spread[0]?.seeds.length ?? 0} hạt giống (không phải khoảng tin cậy)`,
        `Spread over ${report.spread[0]?.seeds.length ?? 0} population seeds (no confidence interval)`,
      ),
    )
    for (const { variable, min, max } of report.spread)
      say(
        `  ${variable}: ${n(min.base)} … ${n(max.base)} → ${n(min.reform)} … ${n(max.reform)}: ${n(min.difference)} … ${n(max.difference)}`,
      )
  }
  say()
  if (report.defaulted.length > 0)
    say(
      `${t('Dân số không có, lấy giá trị mặc định', 'Not in the population, defaults taken')}: ${report.defaulted.join(', ')}`,
    )
  if (report.unverified.length > 0)
    say(`${t('Chưa kiểm chứng', 'Not verified')}: ${report.unverified.join(', ')}`)
  if (report.unknown > 0)
    say(
      `${t('Giá trị không tính được, coi là 0', 'Values that could not be worked out, counted as 0')}: ${n(report.unknown)}`,
    )
  if (report.assumptions.length > 0) {
    say(t('Giả định của dân số tổng hợp', 'Assumptions of the synthetic population'))
    for (const one of report.assumptions as readonly { vi: string; en: string }[]) say(`  · ${one[lang]}`)
  }
  say(
    `${t('Chứng nhận', 'Certificate')} ${report.certificate.sha256} · ${(report.timing.ms / 1000).toFixed(1)} s, ${report.timing.jobs} ${t('luồng', 'threads')}, ${report.timing.backend}`,
  )
  return `${lines.join('\n')}\n`
}

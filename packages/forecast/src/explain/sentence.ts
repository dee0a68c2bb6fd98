import { wilson } from '../score/metrics.ts'

/** A sentence for people in both languages of the product. */
export interface Sentence {
  readonly vi: string
  readonly en: string
}

/** What is known of a forecast's worth when it is told. */
export interface Worth {
  /** Value added over the reference guess, 0.18 = errors 18 % smaller; null where nothing was tested. */
  readonly fva: number | null
  readonly origins: number
  readonly seasonal: boolean
  readonly gate: 'none' | 'mixed' | 'naive'
  readonly show: 'line' | 'range' | 'naive' | 'none'
  /** Outcomes that lay in the band, and how many there were; for pools. */
  readonly coverage?: { readonly level: number; readonly hits: number; readonly n: number }
}

const percent = (x: number): string => `${Math.round(100 * x)} %`

/** Says what a forecast is worth, plainly, also when it is worth nothing. */
export function worthSentence(w: Worth): Sentence {
  if (w.show === 'none')
    return {
      vi: 'Số liệu quá ít để dự báo.',
      en: 'There are too few figures to forecast.',
    }
  const guess = w.seasonal
    ? { vi: '"như cùng kỳ năm trước"', en: '"as in the same period last year"' }
    : { vi: '"như kỳ trước"', en: '"as in the last period"' }
  const coverage = coverageSentence(w.coverage)
  if (w.show === 'range')
    return {
      vi: `Chuỗi còn ngắn: chỉ đưa ra khoảng giá trị, không vẽ đường dự báo.${coverage.vi}`,
      en: `The series is still short: a range is given, not a line.${coverage.en}`,
    }
  if (w.gate === 'naive' || w.fva === null || w.fva <= 0)
    return {
      vi: `Chưa có mô hình nào đoán tốt hơn cách đoán ${guess.vi}; đang hiển thị cách đoán đơn giản.${coverage.vi}`,
      en: `No model has done better than the guess ${guess.en} yet; the simple guess is shown.${coverage.en}`,
    }
  return {
    vi: `Sai số thấp hơn ${percent(w.fva)} so với cách đoán ${guess.vi} qua ${w.origins} lần thử${w.gate === 'mixed' ? ' (dự báo trộn một nửa với cách đoán đơn giản)' : ''}.${coverage.vi}`,
    en: `Errors are ${percent(w.fva)} smaller than those of the guess ${guess.en} over ${w.origins} ${w.origins === 1 ? 'test' : 'tests'}${w.gate === 'mixed' ? ' (mixed half and half with the simple guess)' : ''}.${coverage.en}`,
  }
}

function coverageSentence(c: Worth['coverage']): Sentence {
  if (!c || c.n === 0) return { vi: '', en: '' }
  const share = percent(c.hits / c.n)
  if (c.n >= 200)
    return {
      vi: ` Khoảng ${c.level} % đã chứa giá trị thật ${share} số lần (n = ${c.n}).`,
      en: ` The ${c.level} % band held the outcome ${share} of the time (n = ${c.n}).`,
    }
  const [low, high] = wilson(c.hits, c.n)
  return {
    vi: ` Khoảng ${c.level} % đã chứa giá trị thật ${share} số lần (n = ${c.n}; mới chắc được là từ ${percent(low)} đến ${percent(high)}).`,
    en: ` The ${c.level} % band held the outcome ${share} of the time (n = ${c.n}; between ${percent(low)} and ${percent(high)}).`,
  }
}

/** Words for a probability that has not been calibrated: low, middle, high. No percent is shown for it. */
export function uncalibratedWord(p: number): Sentence {
  if (p < 1 / 3) return { vi: 'thấp (chưa hiệu chỉnh)', en: 'low (not calibrated)' }
  if (p < 2 / 3) return { vi: 'vừa (chưa hiệu chỉnh)', en: 'middle (not calibrated)' }
  return { vi: 'cao (chưa hiệu chỉnh)', en: 'high (not calibrated)' }
}

const HYGIENE: Readonly<Record<string, Sentence>> = {
  empty: { vi: 'chuỗi không có giá trị nào', en: 'the series has no value' },
  'too-short': { vi: 'chuỗi có ít hơn 3 giá trị', en: 'fewer than 3 values' },
  'short-range-only': {
    vi: 'chuỗi ngắn (3–7 giá trị), chỉ đưa ra khoảng',
    en: 'short series (3-7 values): a range only',
  },
  'short-pooled-naive': {
    vi: 'chuỗi ngắn, dùng khoảng sai số của cả nhóm đơn vị',
    en: "short series: the pool's band is used",
  },
  'not-finite': {
    vi: 'có giá trị vô cực hoặc quá lớn, coi là thiếu',
    en: 'infinite or absurd values were taken as missing',
  },
  'head-missing': { vi: 'thiếu giá trị ở đầu chuỗi', en: 'values missing at the start' },
  'tail-missing': { vi: 'thiếu giá trị ở cuối chuỗi', en: 'values missing at the end' },
  'gap-filled': {
    vi: 'giá trị thiếu được nội suy, chỉ để huấn luyện',
    en: 'missing values were interpolated, for training only',
  },
  'long-gap': { vi: 'có khoảng trống dài', en: 'there is a long gap' },
  'outlier-replaced': {
    vi: 'giá trị đã được xác nhận là bất thường bị thay khi huấn luyện',
    en: 'confirmed outliers were replaced for training',
  },
  'break-declared': {
    vi: 'chỉ dùng số liệu sau khi đổi định nghĩa',
    en: 'only values after the change of definition are used',
  },
  'break-suspected': {
    vi: 'có thể đã đổi mức; cần người xác nhận',
    en: 'the level may have changed; a person should confirm',
  },
  constant: { vi: 'chuỗi không đổi', en: 'the series is constant' },
  saturated: { vi: 'chuỗi đang chạm giới hạn', en: 'the series sits on its bound' },
  intermittent: { vi: 'chuỗi có nhiều số 0', en: 'the series has many zeros' },
  'outside-bounds': {
    vi: 'giá trị ngoài giới hạn được coi là thiếu',
    en: 'values outside the bounds were taken as missing',
  },
  'uom-slip': { vi: 'nghi nhầm đơn vị đo', en: 'a unit of measure may have slipped' },
  duplicate: {
    vi: 'một kỳ có nhiều giá trị, giữ giá trị sau cùng',
    en: 'several values in one period, the last one kept',
  },
  'out-of-order': { vi: 'các dòng không theo thứ tự thời gian', en: 'rows were not in order of time' },
  'partial-period-dropped': { vi: 'bỏ kỳ cuối chưa kết thúc', en: 'the unfinished last period was dropped' },
  'ar-unstable': {
    vi: 'mô hình tự hồi quy không ổn định, bị loại',
    en: 'the autoregression was unstable and left out',
  },
  failed: { vi: 'mô hình lỗi, hiển thị cách đoán đơn giản', en: 'models failed, the simple guess is shown' },
}

/** What was done to a series, in words. */
export function hygieneSentence(code: string): Sentence {
  return HYGIENE[code] ?? { vi: code, en: code }
}

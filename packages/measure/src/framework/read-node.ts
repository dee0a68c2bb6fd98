import { type FieldReport, Fields, isMapping } from './fields.ts'
import type { Band, FrameworkNode, MissingPolicy, MissingRule, ScoreRule } from './framework.ts'
import { ARITHMETIC, NO_IMPUTE, NO_NORMALISE, NO_TREAT } from './methods.ts'
import { readAggregate, readImpute, readNormalise, readTransform, readTreat } from './read-methods.ts'

/** A node as its file states it: what it does not say is undefined or null. */
export type RawNode = Omit<FrameworkNode, 'index' | 'parent' | 'children' | 'weight'> & {
  parentCode: string | null
  weight: number | null
}

const POLICIES: readonly MissingPolicy[] = ['skip', 'zero', 'error']

export function readNode(raw: unknown, path: string, report: FieldReport): RawNode | null {
  if (!isMapping(raw)) {
    report(
      'schema',
      path,
      raw,
      'Một nút phải có dạng {code: …, parent: …}',
      'A node must be {code: …, parent: …}',
    )
    return null
  }
  const fields = new Fields(raw, path, report)
  const code = fields.text('code')
  if (code === null || code === '') {
    fields.wrong('code', 'Nút thiếu mã "code"', 'The node has no "code"')
    return null
  }
  const direction = fields.number('direction') ?? 1
  if (direction !== 1 && direction !== -1)
    fields.wrong('direction', 'Chiều là 1 hoặc -1', 'A direction is 1 or -1')
  const goalposts = fields.pair('goalposts')
  const node: RawNode = {
    code,
    parentCode: fields.text('parent'),
    name: fields.words('name'),
    weight: fields.number('weight'),
    points: fields.number('points'),
    scored: fields.flag('scored', true),
    direction: direction === -1 ? -1 : 1,
    uom: fields.text('uom'),
    illustrative: fields.oneOf('status', ['official', 'illustrative'], 'official') === 'illustrative',
    formula: fields.text('formula'),
    denominator: fields.text('denominator'),
    goalposts,
    score: fields.has('score') ? readScore(fields) : null,
    groups: fields.has('groups') ? fields.texts('groups') : null,
    evidence: fields.texts('evidence'),
    source: fields.text('source'),
    feeds: fields.text('feeds'),
    impute: fields.has('impute') ? readImpute(fields.any('impute'), fields.at('impute'), report) : NO_IMPUTE,
    treat: fields.has('treat') ? readTreat(fields.any('treat'), fields.at('treat'), report) : NO_TREAT,
    transform: fields.has('transform')
      ? readTransform(fields.any('transform'), fields.at('transform'), report)
      : 'none',
    normalise: fields.has('normalise')
      ? readNormalise(fields.any('normalise'), fields.at('normalise'), report)
      : NO_NORMALISE,
    aggregate: fields.has('aggregate')
      ? readAggregate(fields.any('aggregate'), fields.at('aggregate'), report)
      : ARITHMETIC,
    missing: readMissing(fields),
    ownMissing: fields.has('missing') || fields.has('min_share'),
    notApplicable: fields.oneOf('not_applicable', ['rebase', 'zero'], 'rebase'),
    path,
    own: new Set(Object.keys(raw).filter((k) => raw[k] !== null && raw[k] !== undefined)),
  }
  fields.finish()
  return node
}

/** `missing: zero`, or `missing: {policy: skip, min_share: 0.5}`, or `min_share` beside it. */
export function readMissing(fields: Fields): MissingRule {
  const value = fields.any('missing')
  let policy: MissingPolicy | null = null
  let minShare = fields.number('min_share') ?? 0
  if (isMapping(value)) {
    const inner = fields.mapping('missing')!
    if (inner.has('policy')) policy = inner.oneOf('policy', POLICIES, 'skip')
    minShare = inner.number('min_share') ?? minShare
    inner.finish()
  } else if (value !== undefined) policy = fields.oneOf('missing', POLICIES, 'skip')
  if (minShare < 0 || minShare > 1)
    fields.wrong('min_share', '"min_share" nằm trong 0..1', '"min_share" is within 0..1')
  return { policy, minShare }
}

function readScore(fields: Fields): ScoreRule | null {
  const score = fields.mapping('score')
  if (!score) return null
  const kinds = ['bands', 'linear', 'levels'].filter((k) => score.has(k))
  if (kinds.length !== 1) {
    fields.wrong(
      'score',
      'Cần đúng một trong: bands, linear, levels',
      'Want exactly one of: bands, linear, levels',
    )
    return null
  }
  const rule =
    kinds[0] === 'bands' ? readBands(score) : kinds[0] === 'linear' ? readLinear(score) : readLevels(score)
  score.finish()
  return rule
}

/** Bands are `[from, value]` or `{from, to, value}`; a missing `from` of the first is −∞, `to` is only compared. */
function readBands(score: Fields): ScoreRule | null {
  const list = score.any('bands')
  if (!Array.isArray(list) || list.length === 0) {
    score.wrong('bands', '"bands" là danh sách [ngưỡng, giá trị]', '"bands" is a list of [from, value]')
    return null
  }
  const bands: (Band & { to: number | null })[] = []
  for (const [i, item] of list.entries()) {
    const path = `bands[${i}]`
    const number = (x: unknown) => (typeof x === 'number' && !Number.isNaN(x) ? x : null)
    const isPair = Array.isArray(item) && item.length === 2
    const keys = isMapping(item) ? item : {}
    const from = isPair
      ? item[0] === null
        ? -Infinity
        : number(item[0])
      : keys.from === undefined || keys.from === null
        ? i === 0
          ? -Infinity
          : null
        : number(keys.from)
    const value = isPair ? number(item[1]) : number(keys.value)
    const to = isMapping(item) && keys.to !== undefined && keys.to !== null ? number(keys.to) : null
    const stray = Object.keys(keys).filter((k) => !['from', 'to', 'value'].includes(k))
    if (
      from === null ||
      value === null ||
      !Number.isFinite(value) ||
      stray.length > 0 ||
      (!isPair && !isMapping(item))
    ) {
      score.wrong(
        path,
        'Một bậc là [ngưỡng, giá trị] hoặc {from, to, value}',
        'A band is [from, value] or {from, to, value}',
      )
      return null
    }
    bands.push({ from, value, to })
  }
  checkBands(bands, score)
  return { kind: 'bands', bands: bands.map(({ from, value }) => ({ from, value })) }
}

function checkBands(bands: readonly (Band & { to: number | null })[], score: Fields): void {
  bands.forEach((band, i) => {
    const next = bands[i + 1]
    const path = `bands[${i}]`
    if (band.to !== null && band.to <= band.from) {
      score.problem(
        'band-unreachable',
        path,
        band.to,
        'Bậc không chứa giá trị nào',
        'No value can fall into the band',
      )
    } else if (next && next.from === band.from) {
      score.problem(
        'band-unreachable',
        path,
        band.from,
        `Bậc sau cũng bắt đầu từ ${band.from}: không giá trị nào rơi vào bậc này`,
        `The next band starts at ${band.from} too: no value can fall into this one`,
      )
    } else if (next && next.from < band.from) {
      score.problem(
        'band-order',
        `bands[${i + 1}]`,
        next.from,
        'Ngưỡng các bậc phải tăng dần',
        'The bounds of the bands must ascend',
      )
    } else if (next && band.to !== null && band.to < next.from) {
      score.problem(
        'band-gap',
        path,
        band.to,
        `Từ ${band.to} đến ${next.from} không thuộc bậc nào`,
        `From ${band.to} to ${next.from} there is no band`,
      )
    } else if (next && band.to !== null && band.to > next.from) {
      score.problem(
        'band-order',
        path,
        band.to,
        `Bậc chồng lên bậc sau từ ${next.from}`,
        `The band overlaps the next from ${next.from}`,
      )
    } else if (!next && band.to !== null && band.to !== Infinity) {
      score.problem(
        'band-gap',
        path,
        band.to,
        `Từ ${band.to} trở lên không thuộc bậc nào`,
        `From ${band.to} on there is no band`,
      )
    }
  })
}

function readLinear(score: Fields): ScoreRule | null {
  const value = score.any('linear')
  const inner = isMapping(value) ? score.mapping('linear')! : null
  const ends = inner ? ([inner.number('from'), inner.number('to')] as const) : score.pair('linear')
  if (ends === null) return null
  const [from, to] = ends
  const clamp = inner ? inner.flag('clamp', true) : true
  inner?.finish()
  if (from === null || to === null || from === to) {
    score.wrong(
      'linear',
      '"linear" cần hai mốc khác nhau [từ, đến]',
      '"linear" needs two different posts [from, to]',
    )
    return null
  }
  return { kind: 'linear', from, to, clamp }
}

function readLevels(score: Fields): ScoreRule | null {
  const inner = score.mapping('levels')
  if (!inner) return null
  const levels = new Map<string, number>()
  for (const key of Object.keys(inner.raw)) {
    const value = inner.number(key)
    if (value !== null) levels.set(key.normalize('NFC'), value)
  }
  if (levels.size === 0) score.wrong('levels', '"levels" chưa có mức nào', '"levels" has no level')
  return { kind: 'levels', levels }
}

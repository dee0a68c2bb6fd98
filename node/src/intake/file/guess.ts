import { isPeriod } from '@nhip/calendar/period'
import type { Problem } from '@nhip/canonical/problem'
import { fold } from '@nhip/territory/name-key'
import type { ColumnMapping, ImportItem, Mapping } from '../contract.ts'
import type { ColumnProfile, FileProfile } from './profile.ts'

/** What the guesses may ask of the node: its properties, its units of measure, its administrative units. */
export interface Knowledge {
  /** Code of the property that a code or a name means. */
  propertyCode(text: string): string | null
  /** Code of the unit of measure that a text means. */
  uomCode(text: string): string | null
  /** Whether a text is the code of an administrative unit of today or of the past. */
  isUnitCode(text: string): boolean
}

type Detected = ImportItem['detected']
type Role = ColumnMapping['role']

/** Headers by meaning, folded: words of Vietnamese offices and of open data in English. */
const words: [Role, RegExp][] = [
  ['published', /^(ngay )?(cong bo|phat hanh)|^published|^release/],
  ['time-end', /^(den( ngay)?|ket thuc|ngay ket thuc|valid to|end|to|end (date|time))$/],
  ['lat', /^(lat|latitude|vi do)$/],
  ['lon', /^(lon|lng|long|longitude|kinh do)$/],
  ['quality-flag', /^(qa flag|flags?|quality( flag)?|co chat luong|nghi ngo|do tin cay)$/],
  ['status', /^(obs status|status|trang thai( so lieu)?)$/],
  ['uom', /^(uom|don vi tinh|dvt|unit of measure|unit measure)$/],
  ['property', /^(property|chi tieu|ten chi tieu|ma chi tieu|indicator|series|variable|thong so)$/],
  ['breakdown', /^(breakdown|phan to|nhom|gioi tinh|sex|age group|nhom tuoi)$/],
  ['num', /^(num|numerator|tu so)$/],
  ['den', /^(den|denominator|mau so)$/],
  ['value', /^(value|gia tri|so lieu|obs value|tri so|ket qua)$/],
]

const timeWord =
  /^(thoi gian|thoi diem|ngay|gio|ngay gio|nam|thang|quy|tuan|ky|ky bao cao|bat dau|tu ngay|time|times|timestamp|date|datetime|date time|day|month|year|quarter|week|period|reference year|observed at|valid from|from)( .*)?$/

const communeWord = /\b(commune|xa|phuong|ward)\b/
const provinceWord = /\b(province|tinh|tinh thanh)\b/
const districtWord = /\b(district|quan|huyen)\b/
const codeWord = /^(code|ma|id|ma (don vi|dvhc|dbhc|tram|doi tuong|xa|tinh)|.* (code|id))$/
const entityWord =
  /^(entity|doi tuong|tram|ten tram|station|sensor|cam bien|detector|meter|cong to|diem do|location|place|dia diem|dia phuong|dia ban|don vi|don vi hanh chinh|unit|site|device|thiet bi|ten|name|name vi|ten don vi)$/

/** The meaning of every column, as far as header and content show it; what they leave open comes as a problem. */
export function guessMapping(
  profile: FileProfile,
  knowledge: Knowledge,
): { detected: Detected; mapping: Mapping } {
  const guesses = profile.columns.map((column) => guessColumn(column, knowledge))
  chooseEntity(profile, guesses, knowledge)
  keepOne(guesses, 'time')
  const long = guesses.some(
    ({ mapping }) =>
      mapping.role === 'value' && mapping.property === undefined && mapping.period === undefined,
  )
  if (long)
    for (const guess of guesses)
      if (guess.filler) guess.mapping = { column: guess.mapping.column, role: 'ignore' }
  const shape = long || !guesses.some(({ mapping }) => mapping.role === 'value') ? 'long' : 'wide'
  const mapping: Mapping = {
    header: profile.header,
    delimiter: profile.delimiter,
    encoding: profile.encoding,
    ...(profile.skipRows > 0 ? { skipRows: profile.skipRows } : {}),
    columns: guesses.map((guess) => guess.mapping).filter(({ role }) => role !== 'ignore'),
  }
  return {
    mapping,
    detected: {
      encoding: profile.encoding,
      delimiter: profile.delimiter,
      header: profile.header,
      shape,
      columns: guesses.map((guess, i) => ({
        name: profile.columns[i]!.name,
        guess: guess.mapping,
        samples: profile.columns[i]!.samples,
        problems: [
          ...(profile.columns[i]!.repeated ? [repeatedHeader(profile.columns[i]!.name)] : []),
          ...guess.problems,
        ],
      })),
    },
  }
}

function repeatedHeader(name: string): Problem {
  return {
    severity: 'warning',
    code: 'header-repeated',
    path: name,
    value: name,
    message: {
      vi: `Tên cột bị lặp; cột này được gọi là "${name}".`,
      en: `The header is there twice; this column is called "${name}".`,
    },
  }
}

interface Guess {
  mapping: ColumnMapping
  problems: Problem[]
  /** A column of numbers that is a value of a property of its own, unless the file is long. */
  filler?: boolean
}

function guessColumn(column: ColumnProfile, knowledge: Knowledge): Guess {
  const { name } = column
  const { bare, unit } = splitUnit(name)
  const header = fold(bare)
  const as = (role: Role, more: Partial<ColumnMapping> = {}, problem?: Problem): Guess => ({
    mapping: { column: name, role, ...more },
    problems: problem ? [problem] : [],
  })
  if (column.filled === 0) return as('ignore')
  const named = words.find(([role, pattern]) => pattern.test(header) && fits(role, column))
  const time = column.time.decide(name, timeWord.test(header) || named?.[0] === 'published')
  if (named?.[0] === 'published')
    return time ? as('published', { date: time.format }, time.problem) : as('ignore')
  if (named?.[0] === 'time-end' && time && time.share > 0.9)
    return as('time-end', { date: time.format }, time.problem)
  if (time && time.share > 0.9 && (timeWord.test(header) || !mostlyNumbers(column)))
    return as('time', { date: time.format }, time.problem)
  if (named && (named[0] === 'lat' || named[0] === 'lon')) {
    // No coordinate has thousands, so a sign between its digits is the decimal sign.
    const comma = column.samples.some((sample) => sample.includes(','))
    return as(named[0], { decimal: comma ? ',' : '.' })
  }
  if (named && named[0] !== 'value' && named[0] !== 'num' && named[0] !== 'den') return as(named[0])
  if (
    entityWord.test(header) ||
    codeWord.test(header) ||
    communeWord.test(header) ||
    provinceWord.test(header)
  ) {
    const numbersOnly =
      mostlyNumbers(column) && !codeWord.test(header) && !column.samples.every(knowledge.isUnitCode)
    if (!numbersOnly) return as('entity')
  }
  if (!mostlyNumbers(column)) return as('ignore')
  const { decimal, problem } = column.number.decide(name)
  const number = decimal === null ? {} : { decimal }
  if (named) return as(named[0], number, problem)
  const uom = unit === null ? null : knowledge.uomCode(unit)
  const percent = column.number.percents > 0 && uom === null ? '%' : uom
  const measured = { ...number, ...(percent ? { uom: percent } : {}) }
  if (isPeriod(bare) || /^(?:nam|year) (?:19|20)\d\d$/.test(header))
    return as('value', { ...measured, period: bare.replace(/^\D+/, '') }, problem)
  const tail = tailUnit(header, knowledge)
  const property =
    knowledge.propertyCode(bare) ?? (tail && knowledge.propertyCode(tail.rest)) ?? slug(tail?.rest ?? header)
  const guess = as(
    'value',
    { property, ...(tail && !percent ? { ...number, uom: tail.uom } : measured) },
    problem,
  )
  return { ...guess, filler: true }
}

/** Words such as `status` also head ordinary columns: the content has to agree. */
function fits(role: Role, column: ColumnProfile): boolean {
  if (role === 'status') return [...column.distinct].every((value) => /^[AEFIPBUVQOMX]$/.test(value.trim()))
  if (role === 'lat' || role === 'lon' || role === 'value' || role === 'num' || role === 'den')
    return mostlyNumbers(column)
  return true
}

function mostlyNumbers({ number, filled }: ColumnProfile): boolean {
  return filled > 0 && number.numbers / filled >= 0.9
}

/** `Dân số (nghìn người)` → the name and the unit of measure in brackets. */
function splitUnit(name: string): { bare: string; unit: string | null } {
  const found = /^(.*?)\s*[([]([^()[\]]+)[)\]]\s*$/.exec(name)
  if (found?.[1]) return { bare: found[1], unit: found[2]!.replace(/^(?:đơn vị|đvt|unit)\s*:\s*/i, '') }
  const comma = /^(.+?),\s*([^,]{1,20})$/.exec(name)
  return comma ? { bare: comma[1]!, unit: comma[2]! } : { bare: name, unit: null }
}

/** `area km2` → area, km2. Only units that cannot be taken for a word. */
function tailUnit(header: string, { uomCode }: Knowledge): { rest: string; uom: string } | null {
  const found = /^(.+) (km2|m2|m3|ha|mm|cm|km|kg|kwh|mwh|vnd|pct|percent)$/.exec(header)
  const uom = found && uomCode(found[2] === 'pct' || found[2] === 'percent' ? '%' : found[2]!)
  return found && uom ? { rest: found[1]!, uom } : null
}

/** `Lưu lượng xe` → `luu_luong_xe`. */
export function slug(text: string): string {
  return fold(text).replaceAll(' ', '_') || 'value'
}

/** Of several columns that could name the entity, the code of the smallest unit does; wider ones are its parent. */
function chooseEntity(profile: FileProfile, guesses: Guess[], knowledge: Knowledge): void {
  const candidates = guesses
    .map((guess, i) => ({ guess, column: profile.columns[i]!, header: fold(profile.columns[i]!.name) }))
    .filter(({ guess }) => guess.mapping.role === 'entity')
  if (candidates.length < 2) return
  const rank = ({ column, header }: (typeof candidates)[number]) =>
    (codeWord.test(header) ? 8 : 0) +
    (communeWord.test(header) ? 4 : 0) -
    (provinceWord.test(header) ? 4 : 0) -
    (districtWord.test(header) ? 2 : 0) +
    (column.samples.some(knowledge.isUnitCode) ? 1 : 0) +
    Math.min(column.distinct.size, 1000) / 1001
  const [best, ...others] = [...candidates].sort((a, b) => rank(b) - rank(a))
  const parent = others
    .filter(
      ({ header, column }) => provinceWord.test(header) && column.distinct.size < best!.column.distinct.size,
    )
    .sort((a, b) => rank(b) - rank(a))[0]
  const name = others.find(
    ({ header, column }) =>
      !/\d/.test(column.samples[0] ?? '') && /^(ten|name)( vi| don vi| tram)?$/.test(header),
  )
  for (const other of others) {
    const { guess } = other
    guess.mapping.role = other === parent ? 'entity-parent' : other === name ? 'entity-name' : 'ignore'
  }
}

function keepOne(guesses: Guess[], role: Role): void {
  let found = false
  for (const guess of guesses) {
    if (guess.mapping.role !== role) continue
    if (found) guess.mapping = { column: guess.mapping.column, role: 'ignore' }
    found = true
  }
}

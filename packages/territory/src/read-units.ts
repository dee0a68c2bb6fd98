import type { Problem } from '@nhip/canonical/problem'
import { withoutMarks } from './name-key.ts'
import { type Row, readTable } from './table.ts'
import type { TerritoryData } from './territory.ts'
import { type Alias, type Edge, type EdgeKind, type Interval, meet, type Unit, unitId } from './unit.ts'

export interface TextFile {
  file: string
  text: string
}

/** The tables of a folder of administrative units, as text: every `units-*.csv`, `edges.csv`, `aliases.csv`. */
export interface AdminUnitFiles {
  units: readonly TextFile[]
  edges: TextFile
  aliases?: TextFile
}

const edgeKinds: readonly string[] = ['rename', 'merge', 'split', 'transfer']
const bases: readonly string[] = ['', 'population', 'area', 'count', 'equal']

/**
 * Reads the tables of `models/admin-units` (columns: its SOURCES.md) into units with ids, parents over time and edges.
 * Collects every problem with file, line and column; rows with an error are left out.
 */
export function readAdminUnits(files: AdminUnitFiles): TerritoryData & { problems: Problem[] } {
  const problems: Problem[] = []
  const drafts: { unit: Unit; parent: string; row: Row }[] = []
  for (const { file, text } of files.units) {
    const table = readTable(file, text, ['code', 'level', 'kind', 'name', 'valid_from'], problems)
    for (const row of table) {
      const unit = readUnit(row, problems)
      if (unit) drafts.push({ unit, parent: row.cell('parent'), row })
    }
  }
  const byCode = new Map<string, Unit[]>()
  for (const { unit } of drafts) byCode.set(unit.code, [...(byCode.get(unit.code) ?? []), unit])
  for (const { unit, parent, row } of drafts) unit.parents = readParents(unit, parent, byCode, row)
  const units = drafts.map((d) => d.unit)
  return {
    units,
    edges: readEdges(files.edges, byCode, problems),
    aliases: files.aliases ? readAliases(files.aliases, problems) : [],
    problems,
  }
}

function readUnit(row: Row, problems: Problem[]): Unit | null {
  const count = problems.length
  const code = row.required('code')
  const vi = row.required('name').normalize('NFC')
  const from = row.date('valid_from')
  const end = row.cell('valid_to') ? row.date('valid_to') : ''
  const attested = row.cell('attested') ? row.date('attested') : undefined
  const unit: Unit = {
    id: unitId(code, from),
    code,
    level: row.required('level'),
    kind: row.required('kind'),
    name: { vi, en: row.cell('name_en') || withoutMarks(vi) },
    valid: { from, to: end || null },
    parents: [],
    area: row.number('area_km2'),
    population: row.number('population'),
    lat: row.number('lat'),
    lon: row.number('lon'),
    flags: row.cell('flags').split(' ').filter(Boolean),
    act: row.cell('act') || undefined,
    source: row.cell('source') || undefined,
  }
  if (attested) unit.attested = attested
  return problems.length === count ? unit : null
}

/**
 * `001` = under the unit of that code all its life, through every version of that unit; `001;01@2025-07-01` = under 001 first, from that day under 01.
 */
function readParents(unit: Unit, text: string, byCode: Map<string, Unit[]>, row: Row): Unit['parents'] {
  if (text === '') return []
  const spans = text.split(';').map((part) => {
    const [code = '', from = unit.valid.from] = part.split('@')
    return { code, from }
  })
  const parents: Unit['parents'] = []
  for (const [i, span] of spans.entries()) {
    const life = meet(unit.valid, { from: span.from, to: spans[i + 1]?.from ?? null })
    const links = (byCode.get(span.code) ?? []).flatMap((parent) => {
      const valid = life && meet(life, parent.valid)
      return valid ? [{ id: parent.id, valid }] : []
    })
    if (links.length === 0) {
      row.report(
        'unknown-parent',
        'parent',
        `không có đơn vị cấp trên mang mã "${span.code}" trong thời gian này`,
        `no parent bears the code "${span.code}" at that time`,
      )
    }
    parents.push(...links)
  }
  return parents.sort((a, b) => (a.valid.from < b.valid.from ? -1 : 1))
}

function readEdges(table: TextFile, byCode: Map<string, Unit[]>, problems: Problem[]): Edge[] {
  const edges: Edge[] = []
  for (const row of readTable(table.file, table.text, ['from', 'to', 'on', 'kind', 'share'], problems)) {
    const on = row.date('on')
    const kind = row.required('kind')
    const basis = row.cell('basis')
    if (!edgeKinds.includes(kind))
      row.report(
        'edge-kind',
        'kind',
        `loại quan hệ phải là một trong ${edgeKinds.join(', ')}`,
        `the kind must be one of ${edgeKinds.join(', ')}`,
      )
    if (!bases.includes(basis))
      row.report(
        'edge-basis',
        'basis',
        `căn cứ chia phải là một trong ${bases.slice(1).join(', ')}`,
        `the basis must be one of ${bases.slice(1).join(', ')}`,
      )
    // The day tells which bearer of a code is meant: the one that closes, the one that opens.
    const from = byCode.get(row.required('from'))?.find((u) => u.valid.to === on)
    const to = byCode.get(row.required('to'))?.find((u) => u.valid.from === on)
    if (!from)
      row.report(
        'edge-unknown-unit',
        'from',
        `không có đơn vị mang mã này hết hiệu lực ngày ${on}`,
        `no unit of this code closes on ${on}`,
      )
    if (!to)
      row.report(
        'edge-unknown-unit',
        'to',
        `không có đơn vị mang mã này bắt đầu ngày ${on}`,
        `no unit of this code opens on ${on}`,
      )
    if (!from || !to || !edgeKinds.includes(kind)) continue
    const edge: Edge = {
      from: from.id,
      to: to.id,
      on,
      kind: kind as EdgeKind,
      share: row.cell('share') || null,
    }
    if (basis) edge.basis = basis as NonNullable<Edge['basis']>
    if (to.act) edge.act = to.act
    edges.push(edge)
  }
  return edges
}

function readAliases(table: TextFile, problems: Problem[]): Alias[] {
  return readTable(table.file, table.text, ['alias', 'kind', 'unit', 'valid_from'], problems).map((row) => {
    const valid: Interval = {
      from: row.date('valid_from'),
      to: row.cell('valid_to') ? row.date('valid_to') : null,
    }
    const kind = row.cell('kind')
    if (kind !== 'code' && kind !== 'name')
      row.report('alias-kind', 'kind', 'phải là code hoặc name', 'must be code or name')
    return {
      alias: row.required('alias').normalize('NFC'),
      kind: kind === 'code' ? 'code' : 'name',
      unit: row.required('unit'),
      valid,
      source: row.cell('source') || undefined,
    }
  })
}

import type { Problem } from '@nhip/canonical/problem'
import { addFractions, type Fraction, fractionOf, one } from './fraction.ts'
import type { Territory, TerritoryData } from './territory.ts'
import { holds, type Unit, unitId } from './unit.ts'

/** Everything that would make answers over these units wrong or doubtful, in the order units, parents, edges, aliases. */
export function checkTerritory(data: TerritoryData, territory: Territory): Problem[] {
  return [
    ...checkUnits(data),
    ...checkParents(data, territory),
    ...checkEdges(data, territory),
    ...checkEndings(data, territory),
    ...checkAliases(data, territory),
  ]
}

function checkUnits({ units }: TerritoryData): Problem[] {
  const problems: Problem[] = []
  const ids = new Set<string>()
  const byCode = new Map<string, Unit[]>()
  for (const unit of units) {
    const path = unit.id
    if (ids.has(unit.id))
      problems.push(error('duplicate-unit', path, unit.id, `mã định danh bị lặp`, `the id occurs twice`))
    ids.add(unit.id)
    if (unit.id !== unitId(unit.code, unit.valid.from)) {
      problems.push(
        error(
          'unit-id',
          path,
          unit.id,
          `mã định danh phải là ${unitId(unit.code, unit.valid.from)}`,
          `the id must be ${unitId(unit.code, unit.valid.from)}`,
        ),
      )
    }
    if (unit.valid.to !== null && unit.valid.to <= unit.valid.from) {
      problems.push(
        error(
          'interval-empty',
          path,
          `${unit.valid.from}/${unit.valid.to}`,
          'ngày hết hiệu lực không sau ngày bắt đầu',
          'the end does not lie after the beginning',
        ),
      )
    }
    const bearers = byCode.get(unit.code) ?? []
    for (const other of bearers) {
      if (
        other.id !== unit.id &&
        (holds(other.valid, unit.valid.from) || holds(unit.valid, other.valid.from))
      ) {
        problems.push(
          error(
            'code-overlap',
            path,
            unit.code,
            `mã trùng thời gian hiệu lực với ${other.id}`,
            `the code is in force at the same time for ${other.id}`,
          ),
        )
      }
    }
    byCode.set(unit.code, [...bearers, unit])
  }
  return problems
}

function checkParents({ units }: TerritoryData, territory: Territory): Problem[] {
  const problems: Problem[] = []
  for (const unit of units) {
    if (unit.parents.length === 0) continue
    let covered = unit.valid.from
    for (const link of unit.parents) {
      const parent = territory.unit(link.id)
      if (!parent) {
        problems.push(
          error(
            'unknown-parent',
            unit.id,
            link.id,
            'không có đơn vị cấp trên này',
            'there is no such parent',
          ),
        )
        covered = link.valid.to ?? '9999-12-31'
        continue
      }
      const end = parent.valid.to
      if (
        link.valid.from < parent.valid.from ||
        (end !== null && (link.valid.to === null || link.valid.to > end))
      ) {
        problems.push(
          error(
            'parent-closed',
            unit.id,
            link.id,
            'đơn vị cấp trên không có hiệu lực suốt thời gian trực thuộc',
            'the parent is not in force for the whole time of the link',
          ),
        )
      }
      if (link.valid.from !== covered) {
        problems.push(
          error(
            'parent-gap',
            unit.id,
            link.valid.from,
            `quan hệ trực thuộc phải bắt đầu ngày ${covered}`,
            `this link must begin on ${covered}, where the one before it ends`,
          ),
        )
      }
      covered = link.valid.to ?? '9999-12-31'
    }
    if (covered !== (unit.valid.to ?? '9999-12-31')) {
      problems.push(
        error(
          'parent-gap',
          unit.id,
          covered,
          `từ ngày ${covered} không còn đơn vị cấp trên`,
          `from ${covered} on there is no parent`,
        ),
      )
    }
    if (inCycle(unit, territory))
      problems.push(
        error(
          'parent-cycle',
          unit.id,
          unit.code,
          'đơn vị trực thuộc chính nó',
          'the unit stands under itself',
        ),
      )
  }
  return problems
}

function inCycle(unit: Unit, territory: Territory): boolean {
  for (const { id, valid } of unit.parents) {
    let above = territory.unit(id)
    for (let steps = 0; above && steps < 64; steps++) {
      if (above.id === unit.id) return true
      above = territory.parentAt(above.id, valid.from)
    }
  }
  return false
}

function checkEdges({ edges }: TerritoryData, territory: Territory): Problem[] {
  const problems: Problem[] = []
  const seen = new Set<string>()
  const sums = new Map<string, { shares: Fraction; published: number; unpublished: number }>()
  for (const edge of edges) {
    const path = `${edge.from} → ${edge.to}`
    if (seen.has(path))
      problems.push(error('duplicate-edge', path, edge.on, 'quan hệ kế thừa bị lặp', 'the edge occurs twice'))
    seen.add(path)
    const from = territory.unit(edge.from)
    const to = territory.unit(edge.to)
    for (const [id, unit] of [
      [edge.from, from],
      [edge.to, to],
    ] as const) {
      if (!unit)
        problems.push(error('edge-unknown-unit', path, id, 'không có đơn vị này', 'there is no such unit'))
    }
    if (from && from.valid.to !== edge.on) {
      problems.push(
        error(
          'edge-date',
          path,
          edge.on,
          `đơn vị cũ phải hết hiệu lực ngày ${edge.on}`,
          `the old unit must close on ${edge.on}`,
        ),
      )
    }
    if (to && to.valid.from !== edge.on) {
      problems.push(
        error(
          'edge-date',
          path,
          edge.on,
          `đơn vị mới phải bắt đầu ngày ${edge.on}`,
          `the new unit must open on ${edge.on}`,
        ),
      )
    }
    const sum = sums.get(edge.from) ?? { shares: { num: 0n, den: 1n }, published: 0, unpublished: 0 }
    sums.set(edge.from, sum)
    if (edge.share === null) {
      sum.unpublished++
      continue
    }
    const share = fractionOf(edge.share)
    if (!share || share.num <= 0n || share.num > share.den) {
      problems.push(
        error(
          'share-range',
          path,
          edge.share,
          'tỷ lệ phải là số thập phân lớn hơn 0 và không quá 1',
          'a share is a decimal above 0 and at most 1',
        ),
      )
      continue
    }
    sum.published++
    sum.shares = addFractions(sum.shares, share)
  }
  for (const [from, sum] of sums) {
    if (sum.published > 0 && sum.unpublished > 0) {
      problems.push(
        error(
          'share-mixed',
          from,
          from,
          'hoặc công bố mọi tỷ lệ của một đơn vị, hoặc không tỷ lệ nào',
          'either all shares of a unit are published or none',
        ),
      )
    } else if (sum.published > 0 && (sum.shares.num !== one.num || sum.shares.den !== one.den)) {
      problems.push(
        error(
          'share-sum',
          from,
          `${sum.shares.num}/${sum.shares.den}`,
          'tổng tỷ lệ của một đơn vị phải bằng 1',
          'the shares of a unit must sum to 1',
        ),
      )
    }
  }
  return problems
}

/** Closed units without a successor: their values end with them. One notice for each level and day. */
function checkEndings({ units }: TerritoryData, territory: Territory): Problem[] {
  const endings = new Map<string, string[]>()
  for (const unit of units) {
    if (unit.valid.to === null || territory.successors(unit.id).length > 0) continue
    const key = `${unit.level} ${unit.valid.to}`
    endings.set(key, [...(endings.get(key) ?? []), unit.code])
  }
  return [...endings].map(([key, codes]) => ({
    severity: 'info',
    code: 'no-successor',
    path: key,
    value: codes.slice(0, 5).join(', '),
    message: {
      vi: `${codes.length} đơn vị (${key}) hết hiệu lực mà không có đơn vị kế thừa; số liệu của chúng không chuyển sang bản đồ sau được`,
      en: `${codes.length} units (${key}) close without a successor; their values cannot be carried to later maps`,
    },
  }))
}

function checkAliases({ aliases = [] }: TerritoryData, territory: Territory): Problem[] {
  const problems: Problem[] = []
  for (const alias of aliases) {
    const target = territory.resolve(alias.unit, alias.valid.from)
    if (!target.unit)
      problems.push(
        error(
          'alias-target',
          alias.alias,
          alias.unit,
          'tên gọi khác chỉ tới một mã không có hiệu lực',
          'the alias points to a code that is not in force',
        ),
      )
    if (alias.kind === 'code') {
      const own = territory.units({ at: alias.valid.from }).find((u) => u.code === alias.alias)
      if (own)
        problems.push(
          error(
            'alias-hides-code',
            alias.alias,
            own.id,
            'mã thay thế trùng với mã của một đơn vị đang có hiệu lực',
            'the alias is itself the code of a unit in force',
          ),
        )
    }
  }
  return problems
}

function error(code: string, path: string, value: string, vi: string, en: string): Problem {
  return {
    severity: 'error',
    code,
    path,
    value,
    message: { vi: `${path}: ${vi} ("${value}")`, en: `${path}: ${en} ("${value}")` },
  }
}

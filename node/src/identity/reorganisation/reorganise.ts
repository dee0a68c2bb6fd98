import { withoutMarks } from '@nhip/territory/name-key'
import { buildTerritory, Territory, type TerritoryData } from '@nhip/territory/territory'
import { type Edge, holds, type Unit, unitId } from '@nhip/territory/unit'
import { type HttpProblem, problemItem, refuse } from '../../http/problem.ts'
import type { Order, Step } from './contract.ts'

/** A territory after a reorganisation, and how it differs. */
export interface Changed {
  territory: Territory
  began: Unit[]
  ended: Unit[]
  /** Units that go on, under another parent from the day on. */
  moved: Unit[]
  edges: Edge[]
  /** One for each step, in their order. */
  steps: { step: Step; before: Unit | null; after: Unit | null }[]
}

/**
 * Works a reorganisation out, step by step; nothing that came before its day changes.
 *
 * @throws 422 with the place of the step that cannot be, or with all that the result contradicts itself in
 */
export function reorganise(territory: Territory, { on, act, steps }: Order): Changed {
  const plan = new Plan(territory, on, act)
  const done = steps.map((step, n) => plan.take(step, `/steps/${n}`))
  const data = plan.data()
  const difference = plan.difference()
  const { problems } = buildTerritory(neighbourhood(data.units, difference))
  const errors = problems.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) throw refuse(422, 'units-contradict', { errors: errors.slice(0, 50) })
  return { ...difference, territory: new Territory(data), steps: done }
}

/**
 * The units that a change can bring into contradiction, with all that they lie in: those it touches, those of the same codes,
 * and what lies in a unit that ends. To check all 14,000 would hold everything else up for a third of a second.
 */
function neighbourhood(
  units: readonly Unit[],
  { began, ended, moved, edges }: Omit<Changed, 'territory' | 'steps'>,
): TerritoryData {
  const touched = [...began, ...ended, ...moved]
  const ids = new Set(touched.map(({ id }) => id))
  const codes = new Set(touched.map(({ code }) => code))
  const closed = new Set(ended.map(({ id }) => id))
  const byId = new Map(units.map((unit) => [unit.id, unit]))
  const found = new Set(
    units.filter(
      ({ id, code, parents }) =>
        ids.has(id) || codes.has(code) || parents.some((parent) => closed.has(parent.id)),
    ),
  )
  // A set goes on to what is added to it on the way.
  for (const { parents } of found)
    for (const { id } of parents) {
      const above = byId.get(id)
      if (above !== undefined) found.add(above)
    }
  return { units: [...found], edges }
}

class Plan {
  readonly #before: Territory
  readonly #on: string
  readonly #act: string
  /** Units that are no longer as they were, by id, beside those that began. */
  readonly #changed = new Map<string, Unit>()
  readonly #began = new Map<string, Unit>()
  readonly #edges: Edge[] = []
  /** What lies in each unit on the day or later; worked out when it is asked for. */
  #children: Map<string, string[]> | null = null

  constructor(before: Territory, on: string, act: string) {
    this.#before = before
    this.#on = on
    this.#act = act
  }

  take(step: Step, path: string): Changed['steps'][number] {
    switch (step.do) {
      case 'add':
        return { step, before: null, after: this.#add(step, path) }
      case 'rename':
        return this.#rename(step, path)
      case 'move':
        return this.#move(step, path)
      case 'dissolve':
        return this.#dissolve(step, path)
    }
  }

  data() {
    const kept = this.#before.units().map((unit) => this.#changed.get(unit.id) ?? unit)
    return {
      units: [...kept, ...this.#began.values()],
      edges: [...this.#before.edges, ...this.#edges],
      aliases: this.#before.aliases,
    }
  }

  difference(): Pick<Changed, 'began' | 'ended' | 'moved' | 'edges'> {
    const changed = [...this.#changed.values()]
    const ended = changed.filter(({ valid }) => valid.to === this.#on)
    return {
      began: [...this.#began.values()],
      ended,
      moved: changed.filter(({ valid }) => valid.to !== this.#on),
      edges: this.#edges,
    }
  }

  #add(step: Step & { do: 'add' }, path: string): Unit {
    const { code, name, nameEn, kind, level, parent, lon, lat } = step
    return this.#begin(
      {
        id: '',
        code,
        level,
        kind,
        name: { vi: name, en: nameEn ?? withoutMarks(name) },
        valid: { from: this.#on, to: null },
        parents: [{ id: this.#inForce(parent, `${path}/parent`).id, valid: { from: this.#on, to: null } }],
        flags: [],
        ...(lon === undefined ? {} : { lon }),
        ...(lat === undefined ? {} : { lat }),
      },
      path,
    )
  }

  #rename(step: Step & { do: 'rename' }, path: string): Changed['steps'][number] {
    const before = this.#open(step.unit, path)
    const vi = step.name ?? before.name.vi
    const name = { vi, en: step.nameEn ?? (step.name === undefined ? before.name.en : withoutMarks(vi)) }
    const { attested: _attested, source: _source, ...kept } = before
    const after = this.#begin(
      {
        ...kept,
        code: step.code ?? before.code,
        kind: step.kind ?? before.kind,
        name,
        valid: { from: this.#on, to: null },
        parents: from(before.parents, this.#on),
      },
      path,
    )
    for (const child of this.#childrenOf(before.id)) this.#hang(child, after.id, before.id)
    this.#end(before)
    this.#edges.push({
      from: before.id,
      to: after.id,
      on: this.#on,
      kind: 'rename',
      share: '1',
      act: this.#act,
    })
    return { step, before, after }
  }

  #move(step: Step & { do: 'move' }, path: string): Changed['steps'][number] {
    const before = this.#open(step.unit, path, { begunToday: true })
    const parent = this.#inForce(step.parent, `${path}/parent`)
    const present = before.parents.find(({ valid }) => holds(valid, this.#on))
    if (present?.id === parent.id) throw this.#refuse('unit-there-already', before, path)
    this.#hang(before.id, parent.id)
    return { step, before, after: this.#unit(before.id) ?? null }
  }

  #dissolve(step: Step & { do: 'dissolve' }, path: string): Changed['steps'][number] {
    const before = this.#open(step.unit, path)
    const heirs = (step.into ?? []).map(({ unit, share }, n) => {
      const place = `${path}/into/${n}`
      const heir = this.#inForce(unit, place)
      // On this map a unit with another territory is another unit: an heir begins when its share comes to it.
      if (heir.valid.from !== this.#on) throw this.#refuse('heir-not-new', heir, place)
      return { heir, share: share ?? null }
    })
    const kind = heirs.length > 1 ? 'split' : 'merge'
    for (const { heir, share } of heirs)
      this.#edges.push({
        from: before.id,
        to: heir.id,
        on: this.#on,
        kind,
        share: heirs.length === 1 ? '1' : share,
        act: this.#act,
      })
    // What lies in it follows where there is only one way to go; else the order has to say where.
    if (heirs.length === 1)
      for (const child of this.#childrenOf(before.id)) this.#hang(child, heirs[0]!.heir.id, before.id)
    this.#end(before)
    return { step, before, after: null }
  }

  #begin(draft: Unit, path: string): Unit {
    const unit: Unit = { ...draft, id: unitId(draft.code, this.#on), act: this.#act }
    if (this.#unit(unit.id)) throw this.#refuse('unit-there-already', unit, path)
    this.#began.set(unit.id, unit)
    this.#children = null
    return unit
  }

  /** Closes a unit on the day, and its place under others. */
  #end(unit: Unit): void {
    const open = this.#unit(unit.id) ?? unit
    this.#changed.set(unit.id, {
      ...open,
      valid: { ...open.valid, to: this.#on },
      parents: until(open.parents, this.#on),
    })
    this.#children = null
  }

  /** Puts a unit under another from the day on: always, or only for as long as it would lie in `instead`. */
  #hang(id: string, parent: string, instead?: string): void {
    const unit = this.#unit(id)
    if (unit === undefined) return
    const later =
      instead === undefined
        ? [{ id: parent, valid: { from: this.#on, to: unit.valid.to } }]
        : from(unit.parents, this.#on).map((link) => (link.id === instead ? { ...link, id: parent } : link))
    const into = this.#began.has(id) ? this.#began : this.#changed
    into.set(id, { ...unit, parents: [...until(unit.parents, this.#on), ...later] })
    this.#children = null
  }

  #unit(id: string): Unit | undefined {
    return this.#began.get(id) ?? this.#changed.get(id) ?? this.#before.unit(id)
  }

  /** A unit that exists on the day. @throws 422 */
  #inForce(id: string, path: string): Unit {
    const unit = this.#unit(id)
    if (!unit) throw refuse(422, 'unknown-unit', { params: { unit: id } })
    if (!holds(unit.valid, this.#on)) throw this.#refuse('unit-not-in-force', unit, path)
    return unit
  }

  /** A unit that exists on the day and has no end yet. */
  #open(id: string, path: string, { begunToday = false } = {}): Unit {
    const unit = this.#inForce(id, `${path}/unit`)
    if (unit.valid.to !== null) throw this.#refuse('unit-ends-later', unit, `${path}/unit`)
    if (!begunToday && unit.valid.from === this.#on) throw this.#refuse('unit-began-that-day', unit, path)
    return unit
  }

  #childrenOf(id: string): string[] {
    if (this.#children === null) {
      this.#children = new Map()
      for (const unit of this.data().units)
        for (const above of new Set(from(unit.parents, this.#on).map((link) => link.id))) {
          const known = this.#children.get(above)
          if (known) known.push(unit.id)
          else this.#children.set(above, [unit.id])
        }
    }
    return this.#children.get(id) ?? []
  }

  #refuse(code: string, unit: Unit, path: string): HttpProblem {
    const params = { unit: unit.name.vi, day: this.#on }
    return refuse(422, code, { params, errors: [problemItem(code, params, { path, value: unit.id })] })
  }
}

/** The part of links that lies before a day. */
function until(links: Unit['parents'], on: string): Unit['parents'] {
  return links
    .filter(({ valid }) => valid.from < on)
    .map(({ id, valid }) => ({
      id,
      valid: { ...valid, to: valid.to !== null && valid.to < on ? valid.to : on },
    }))
}

/** The part of links that lies on a day or later. */
function from(links: Unit['parents'], on: string): Unit['parents'] {
  return links
    .filter(({ valid }) => valid.to === null || valid.to > on)
    .map(({ id, valid }) => ({ id, valid: { ...valid, from: valid.from > on ? valid.from : on } }))
}

import type { Step } from '@nhip/node/identity/reorganisation/contract'
import { unitId } from '@nhip/territory/unit'

/** What the form asks for, whichever of the four it is about. */
export interface OrderDraft {
  do: Step['do']
  on: string
  name: string
  code: string
  /** Empty: as it is; of a new unit an office, whose name says it all. */
  kind: string
  parent: { id: string; name: string }
  /** Units that end together with the one on the page. */
  others: readonly { id: string; name: string }[]
}

export const kinds = ['ward', 'commune', 'special-zone', 'province', 'municipality'] as const

function levelOf(kind: string): 'province' | 'commune' | 'office' {
  if (kind === '') return 'office'
  return kind === 'province' || kind === 'municipality' ? 'province' : 'commune'
}

/** The steps of an order about a unit; `null` while something is missing. `above` is what the unit lies in. */
export function stepsOf(draft: OrderDraft, unit: string, above: string | null): Step[] | null {
  const name = draft.name.trim()
  const code = draft.code.trim()
  const { kind } = draft
  switch (draft.do) {
    case 'add':
      if (name === '' || code === '') return null
      return [{ do: 'add', code, name, kind, level: levelOf(kind), parent: unit }]
    case 'rename':
      if (name === '' && code === '' && kind === '') return null
      return [
        {
          do: 'rename',
          unit,
          ...(name === '' ? {} : { name }),
          ...(code === '' ? {} : { code }),
          ...(kind === '' ? {} : { kind }),
        },
      ]
    case 'move':
      return draft.parent.id === '' ? null : [{ do: 'move', unit, parent: draft.parent.id }]
    case 'dissolve': {
      const ending = [unit, ...draft.others.map(({ id }) => id)]
      if (name === '' && code === '') return ending.map((one) => ({ do: 'dissolve', unit: one }))
      if (name === '' || code === '' || above === null) return null
      const into = [{ unit: unitId(code, draft.on) }]
      return [
        { do: 'add', code, name, kind, level: levelOf(kind), parent: above },
        ...ending.map((one): Step => ({ do: 'dissolve', unit: one, into })),
      ]
    }
  }
}

import { unitName, useUnit } from './units.ts'

/** The name of a unit; its id until the node has answered. */
export function UnitName({ id }: { id: string }) {
  const unit = useUnit(id)
  return unit.data ? unitName(unit.data) : id
}

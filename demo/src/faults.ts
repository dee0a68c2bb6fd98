import type { Truth } from './truth.ts'

/** A reading on its way: what the device says, for which instant, and when it reaches the door. */
export interface Sent {
  at: number
  value: number
  arrives: number
}

const HOUR = 3_600_000

/** What becomes of one true reading under the faults and episodes that hold for it: nothing (a gap), one reading, or two (a duplicate). */
export function send(
  at: number,
  value: number,
  faults: readonly Truth[],
  stuckAt: (fault: Truth) => number,
): Sent[] {
  let said = value
  let stamp = at
  let arrives = at
  let twice = 0
  for (const fault of faults) {
    if (at < fault.from || at >= fault.to) continue
    const share = (at - fault.from) / (fault.to - fault.from)
    switch (fault.kind) {
      case 'gap':
        return []
      case 'episode':
        // Swells and ebbs, so that its edge is no step.
        said *= 1 + (fault.size - 1) * Math.sin(Math.PI * share)
        break
      case 'spike':
      case 'uom-error':
        said *= fault.size
        break
      case 'drift':
        said += (fault.size * (at - fault.from)) / HOUR
        break
      case 'stuck':
        said = stuckAt(fault)
        break
      case 'clock-jump':
        stamp += fault.size * HOUR
        break
      case 'flap':
        said += (Math.round((at - fault.from) / 300_000) % 2 === 0 ? 1 : -1) * fault.size
        break
      case 'late':
        arrives += fault.size * HOUR
        break
      case 'duplicate':
        twice = fault.size
        break
    }
  }
  said = Math.round(said * 10) / 10
  const first = { at: stamp, value: said, arrives }
  return twice === 0 ? [first] : [first, { ...first, value: Math.round(said * twice * 10) / 10 }]
}

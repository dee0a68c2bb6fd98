import { readFile } from 'node:fs/promises'
import { nodeFileSystem } from '@nhip/durable/node-file-system'
import { replaceFile } from '@nhip/durable/replace-file'
import { Territory, type TerritoryData } from '@nhip/territory/territory'

/** Raised when `TerritoryData` changes its shape or `readTerritory` makes something else of the same rows. */
const LAYOUT = 1

interface Kept {
  layout: number
  /** Of the records when the copy was made. */
  state: string
  data: TerritoryData
}

/**
 * A copy of the units in a file beside the records. To read 14,000 of them from the embedded engine and to put them
 * together takes a third of a start; from the file it is done while the stores still open. The file may be deleted at
 * any time, and counts for nothing once the records have changed.
 */
export class UnitsCopy {
  readonly #file: string
  readonly #state: string | undefined
  readonly #territory: Territory | undefined

  private constructor(file: string, kept: Kept | null) {
    this.#file = file
    if (kept?.layout !== LAYOUT) return
    this.#state = kept.state
    this.#territory = new Territory(kept.data)
  }

  /**
   * What the file holds, or the one that stands in until there is one.
   *
   * @param built the copy that belongs to the cluster which new folders begin with
   */
  static async read(file: string, built: string | null = null): Promise<UnitsCopy> {
    return new UnitsCopy(file, (await contentOf(file)) ?? (built === null ? null : await contentOf(built)))
  }

  /** The units, if they are those of this state of the records. */
  of(state: string | null): Territory | undefined {
    return state === this.#state ? this.#territory : undefined
  }

  /** Leaves the units of a state for the next start, which without them only takes longer: a full disk stops nobody. */
  async keep(state: string, data: TerritoryData): Promise<void> {
    const kept: Kept = { layout: LAYOUT, state, data }
    // A text of one byte a character is read and parsed a quarter faster.
    const text = JSON.stringify(kept).replace(
      /[\u0080-\uffff]/g,
      (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    await replaceFile(nodeFileSystem, this.#file, Buffer.from(text, 'latin1')).catch(() => undefined)
  }
}

/** Null when there is no such file, or it is damaged. */
async function contentOf(file: string): Promise<Kept | null> {
  try {
    return JSON.parse(await readFile(file, 'latin1')) as Kept
  } catch {
    return null
  }
}

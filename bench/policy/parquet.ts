import { DuckDBInstance } from '@duckdb/node-api'
import type { Chunk } from '@nhip/policy/kernel/contract'

/** Persons a chunk, about. */
const SIZE = 100_000

/**
 * Writes people of households of one to six to a file, in the order of households, by DuckDB's own hash: as many as could not be held
 * and written from here in time.
 */
export async function writePeople(file: string, persons: number, seed: number): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  const uniform = (k: number) => `((hash(h * 8 + i, ${seed * 10 + k}) >> 11)::DOUBLE / 9007199254740992)`
  await connection.run(`COPY (
    SELECT h::INTEGER AS household,
      (CASE WHEN age < 18 OR age > 62 OR ${uniform(2)} < 0.4 THEN 0 ELSE floor(4000000 + 18000000 * draw + 120000000 * draw ** 12) END)::INTEGER AS salary,
      (CASE WHEN age < 18 OR age > 62 THEN 0 ELSE floor(${uniform(4)} * 3) END)::UTINYINT AS dependants, age::UTINYINT AS years
    FROM (SELECT h, i, floor(${uniform(1)} * 85) AS age, ${uniform(3)} AS draw
      FROM (SELECT range AS h, unnest(range(1 + (hash(range, ${seed}) % 6)::BIGINT)) AS i FROM range(${Math.ceil(persons / 3.4)})))
    LIMIT ${persons}
  ) TO '${file.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION zstd)`)
  connection.closeSync()
  instance.closeSync()
}

/** Reads a file in whole households, so that no more than one chunk is in memory. */
export async function readChunks(file: string, use: (chunk: Chunk) => void): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  const result = await connection.stream(
    `SELECT household, salary, dependants, years FROM read_parquet('${file.replaceAll("'", "''")}')`,
  )
  const room = SIZE + 16
  const first = new Int32Array(room + 1)
  const salary = new Int32Array(room)
  const dependants = new Uint8Array(room)
  const years = new Uint8Array(room)
  const columns = { salary: { data: salary }, dependants: { data: dependants }, years: { data: years } }
  let [households, persons, last] = [0, 0, -1]
  const flush = (): void => {
    first[households] = persons
    if (persons > 0) use({ households, persons, first: first.subarray(0, households + 1), columns })
    households = 0
    persons = 0
  }
  for (
    let chunk = await result.fetchChunk();
    chunk !== null && chunk.rowCount > 0;
    chunk = await result.fetchChunk()
  ) {
    const [h, s, d, y] = [0, 1, 2, 3].map((column) => chunk?.getColumnVector(column))
    if (!h || !s || !d || !y) break
    for (let row = 0; row < chunk.rowCount; row++) {
      const household = h.getItem(row) as number
      if (household !== last) {
        if (persons >= SIZE) flush()
        first[households++] = persons
        last = household
      }
      salary[persons] = s.getItem(row) as number
      dependants[persons] = d.getItem(row) as number
      years[persons] = y.getItem(row) as number
      persons++
    }
  }
  flush()
  connection.closeSync()
  instance.closeSync()
}

import type { Territory } from '@nhip/territory/territory'

/** Organisations with history, as one immutable picture in memory; the tables in records are the truth. */
export interface Units {
  /** Replaced as a whole when units are imported: take it anew for each request. */
  territory(): Territory
}

/**
 * The two archipelagos, on every map of the country. They are a table of the program and not a file to be fetched,
 * so that no failed request can leave them off. Positions of the larger islands, rounded to 0.01°.
 */
export interface Archipelago {
  name: { vi: string; en: string }
  /** Code of the province that administers it, the same before and after July 2025. */
  province: string
  /** Where the name is written: longitude, latitude of its top middle. */
  label: readonly [number, number]
  islands: readonly (readonly [number, number])[]
}

export const archipelagos: readonly [Archipelago, Archipelago] = [
  {
    name: { vi: 'Quần đảo Hoàng Sa (Đà Nẵng)', en: 'Hoàng Sa Archipelago (Đà Nẵng)' },
    province: '48',
    label: [112.1, 15.6],
    islands: [
      [111.61, 16.53],
      [111.6, 16.45],
      [111.73, 16.45],
      [111.2, 15.79],
      [112.34, 16.83],
      [112.33, 16.95],
      [112.73, 16.67],
    ],
  },
  {
    name: { vi: 'Quần đảo Trường Sa (Khánh Hòa)', en: 'Trường Sa Archipelago (Khánh Hòa)' },
    province: '56',
    label: [113.9, 7.75],
    islands: [
      [111.92, 8.65],
      [112.92, 7.89],
      [113.69, 8.97],
      [114.33, 9.89],
      [114.37, 10.18],
      [114.37, 10.38],
      [114.48, 10.37],
      [114.33, 11.43],
      [114.28, 11.05],
      [115.83, 10.73],
    ],
  },
]

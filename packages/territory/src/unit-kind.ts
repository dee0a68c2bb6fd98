import type { Unit } from './unit.ts'

/** The kinds of unit of Viet Nam, before and after 1 July 2025; English after the General Statistics Office. */
const kinds: Record<string, { vi: string; en: string; abbreviation?: string }> = {
  nation: { vi: '', en: '' },
  province: { vi: 'Tỉnh', en: 'Province' },
  municipality: { vi: 'Thành phố', en: 'City', abbreviation: 'TP.' },
  'urban-district': { vi: 'Quận', en: 'District', abbreviation: 'Q.' },
  'rural-district': { vi: 'Huyện', en: 'District', abbreviation: 'H.' },
  city: { vi: 'Thành phố', en: 'City', abbreviation: 'TP.' },
  town: { vi: 'Thị xã', en: 'Town', abbreviation: 'TX.' },
  ward: { vi: 'Phường', en: 'Ward', abbreviation: 'P.' },
  commune: { vi: 'Xã', en: 'Commune' },
  township: { vi: 'Thị trấn', en: 'Township', abbreviation: 'TT.' },
  'special-zone': { vi: 'Đặc khu', en: 'Special Zone' },
}

/** The type word of a kind of unit; an unknown kind is shown as it is written. */
export function kindName(kind: string): { vi: string; en: string } {
  const known = kinds[kind]
  return known ? { vi: known.vi, en: known.en } : { vi: kind, en: kind }
}

/** "Phường Ba Đình", "Ba Dinh Ward"; numbered units read "Phường 1", "Ward 1". */
export function fullName(unit: Pick<Unit, 'kind' | 'name'>): { vi: string; en: string } {
  const word = kindName(unit.kind)
  const numbered = /^\d+$/.test(unit.name.en)
  return {
    vi: word.vi ? `${word.vi} ${unit.name.vi}` : unit.name.vi,
    en: !word.en ? unit.name.en : numbered ? `${word.en} ${unit.name.en}` : `${unit.name.en} ${word.en}`,
  }
}

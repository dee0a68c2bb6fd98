import { describe, expect, it } from 'vitest'
import { UOMS, uomByCode, uomById } from './table.ts'
import { COUNTS } from './units/counts.ts'
import { ENERGY } from './units/energy.ts'
import { ENVIRONMENT } from './units/environment.ts'
import { MONEY } from './units/money.ts'
import { RATES } from './units/rates.ts'
import { SPACE_AND_TIME } from './units/space-and-time.ts'

const rows = [...SPACE_AND_TIME, ...ENERGY, ...COUNTS, ...MONEY, ...RATES, ...ENVIRONMENT]

describe('the table of units', () => {
  it('has at least 150 units, each with an id of its own that fits SMALLINT', () => {
    expect(UOMS.length).toBeGreaterThanOrEqual(150)
    const ids = UOMS.map((u) => u.id!)
    expect(new Set(ids).size).toBe(ids.length)
    expect(Math.min(...ids)).toBeGreaterThanOrEqual(1)
    expect(Math.max(...ids)).toBeLessThanOrEqual(32_767)
    for (const u of UOMS) expect(uomById(u.id!)).toBe(uomByCode(u.code))
  })

  it('keeps the numbers under which values are stored', () => {
    // A change of a line that is here renames values that are on disk already: add new units with the next free number.
    const byId = UOMS.map((u) => `${u.id} ${u.code}`).sort(
      (a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10),
    )
    const lines = Array.from({ length: Math.ceil(byId.length / 10) }, (_, i) =>
      byId.slice(i * 10, i * 10 + 10).join(' | '),
    )
    expect(lines).toMatchInlineSnapshot(`
      [
        "1 1 | 2 % | 3 permil | 4 ppm | 5 ppb | 6 dozen | 7 thousand | 8 million | 9 billion | 10 m",
        "11 km | 12 cm | 13 mm | 14 um | 15 nm | 16 nautical mile | 17 mi | 18 ft | 19 in | 20 m2",
        "21 km2 | 22 cm2 | 23 ha | 24 are | 25 sào BB | 26 sào TB | 27 công NB | 28 m3 | 29 L | 30 mL",
        "31 bbl | 32 kg | 33 g | 34 mg | 35 ug | 36 ng | 37 t | 38 tạ | 39 yến | 40 lượng vàng",
        "41 chỉ vàng | 42 lb | 43 s | 44 ms | 45 us | 46 min | 47 h | 48 d | 49 wk | 50 mo",
        "51 quarter | 52 a | 53 working day | 54 m/s | 55 km/h | 56 kn | 57 m/s2 | 58 K | 59 Cel | 60 degF",
        "61 Pa | 62 hPa | 63 kPa | 64 MPa | 65 bar | 66 mbar | 67 mmHg | 68 atm | 69 N | 70 J",
        "71 kJ | 72 MJ | 73 GJ | 74 TJ | 75 cal | 76 kcal | 77 toe | 78 ktoe | 79 BTU | 80 W",
        "81 kW | 82 MW | 83 GW | 84 kWp | 85 MWp | 86 Wh | 87 kWh | 88 MWh | 89 GWh | 90 TWh",
        "91 A | 92 mA | 93 V | 94 kV | 95 mV | 96 Ohm | 97 kVA | 98 Hz | 99 kHz | 100 MHz",
        "101 GHz | 102 cd | 103 rad | 104 lm | 105 lx | 106 deg | 107 mol | 108 mmol/L | 109 dB | 110 dB(A)",
        "111 dBm | 112 okta | 113 ug/m3 | 114 mg/m3 | 115 ng/m3 | 116 kg/m3 | 117 g/L | 118 mg/L | 119 ug/L | 120 mg/kg",
        "121 g/cm3 | 122 mm/h | 123 mm/d | 124 m3/s | 125 m3/h | 126 m3/d | 127 L/s | 128 L/person/d | 129 kg/person/d | 130 m3/person/a",
        "131 m2/person | 132 t/d | 133 t/a | 134 t/ha | 135 tạ/ha | 136 kg/ha | 137 uS/cm | 138 mS/cm | 139 W/m2 | 140 kWh/m2",
        "141 MJ/m2 | 142 pH | 143 NTU | 144 Pt-Co | 145 PSU | 146 MPN/100mL | 147 CFU/100mL | 148 AQI | 149 WQI | 150 UVI",
        "151 Bft | 152 Bq | 153 Bq/m3 | 154 Sv | 155 uSv/h | 156 t CO2e | 157 kg CO2e | 158 head | 159 tree | 160 VND",
        "161 thousand VND | 162 million VND | 163 billion VND | 164 trillion VND | 165 USD | 166 thousand USD | 167 million USD | 168 billion USD | 169 EUR | 170 JPY",
        "171 CNY | 172 VND/person | 173 thousand VND/person/mo | 174 million VND/person | 175 million VND/person/mo | 176 million VND/person/a | 177 USD/person | 178 VND/mo | 179 million VND/mo | 180 VND/kWh",
        "181 VND/m3 | 182 VND/L | 183 VND/kg | 184 million VND/m2 | 185 million VND/ha | 186 million VND/worker | 187 person | 188 thousand person | 189 million person | 190 pupil",
        "191 student | 192 teacher | 193 worker | 194 patient | 195 doctor | 196 official | 197 passenger | 198 user | 199 household | 200 business household",
        "201 enterprise | 202 cooperative | 203 organisation | 204 case | 205 procedure | 206 service | 207 document | 208 report | 209 account | 210 transaction",
        "211 subscriber | 212 certificate | 213 system | 214 dataset | 215 record | 216 request | 217 message | 218 call | 219 device | 220 station",
        "221 event | 222 visit | 223 times | 224 health case | 225 bed | 226 dose | 227 vehicle | 228 pcu | 229 trip | 230 TEU",
        "231 dwelling | 232 school | 233 classroom | 234 commune | 235 province | 236 village | 237 project | 238 task | 239 product | 240 light",
        "241 point | 242 percentage point | 243 rank | 244 level | 245 year of age | 246 bit | 247 B | 248 kB | 249 MB | 250 GB",
        "251 TB | 252 GiB | 253 kbit/s | 254 Mbit/s | 255 Gbit/s | 256 person/km2 | 257 person/household | 258 vehicle/h | 259 vehicle/d | 260 vehicle/km",
        "261 pcu/h | 262 passenger.km | 263 t.km | 264 health case/100000 person | 265 bed/10000 person | 266 doctor/10000 person | 267 subscriber/100 person | 268 enterprise/1000 person | 269 event/100000 person | 270 beat/min",
        "271 kg/m2 | 272 mg/dL | 273 IU | 274 request/s | 275 transaction/s | 276 message/s | 277 call/h | 278 case/d | 279 case/mo | 280 kWh/person",
      ]
    `)
  })

  it('has a base or a definition for every unit, names in both languages, and standard codes once', () => {
    for (const row of rows) {
      expect([row.code, (row.base === undefined) !== (row.is === undefined)]).toEqual([row.code, true])
      expect(row.vi[1] && row.en[1]).toBeTruthy()
    }
    for (const code of ['ucum', 'rec20'] as const) {
      const codes = rows.map((r) => r[code]).filter((c) => c !== undefined)
      expect(codes.filter((c, i) => codes.indexOf(c) !== i)).toEqual([])
    }
  })

  it('writes names in composed Vietnamese', () => {
    for (const row of rows)
      for (const text of [...row.vi, ...(row.also ?? [])]) expect(text).toBe(text.normalize('NFC'))
  })
})

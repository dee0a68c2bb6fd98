import type { DatasetDraft, EntityDraft, PropertyDraft } from '@nhip/node/catalogue/open'
import type { City } from './city.ts'

const FIVE_MINUTES_S = 300
const DAY_S = 86_400

/** The datasets of the model city. Every one is flagged: simulated data must never pass for measured data. */
export const datasets: DatasetDraft[] = [
  described(
    'demo-traffic',
    'Lưu lượng giao thông Thành phố Mẫu',
    'Traffic of the model city',
    FIVE_MINUTES_S,
  ),
  described(
    'demo-air',
    'Chất lượng không khí Thành phố Mẫu',
    'Air quality of the model city',
    FIVE_MINUTES_S,
  ),
  described('demo-rain', 'Mưa tại Thành phố Mẫu', 'Rain in the model city', FIVE_MINUTES_S),
  described('demo-river', 'Mực nước sông Mẫu', 'Water level of the Mẫu river', FIVE_MINUTES_S),
  described('demo-power', 'Điện năng trụ sở cơ quan', 'Power drawn by public buildings', FIVE_MINUTES_S),
  described('demo-calls', 'Cuộc gọi tổng đài 1022', 'Calls to the 1022 line', 3600),
  described('demo-onestop', 'Hồ sơ tại bộ phận một cửa', 'Cases at the one-stop offices', DAY_S),
]

function described(code: string, vi: string, en: string, expectedEveryS: number): DatasetDraft {
  return {
    code,
    name: { vi, en },
    publisher: 'Nhịp',
    class: 'open',
    personal: false,
    synthetic: true,
    licence: 'CC0-1.0',
    source: null,
    notes: {
      vi: 'Dữ liệu mô phỏng, sinh ra từ một mô hình có hạt giống cố định; không phải số đo thật.',
      en: 'Simulated data, made by a seeded model; nothing here was measured.',
    },
    expectedEveryS,
    autoCreate: false,
    retiredAt: null,
  }
}

export const properties: PropertyDraft[] = [
  number(
    'vehicle-flow',
    'Lưu lượng xe',
    'Vehicle flow',
    'xe/h',
    0,
    'mean',
    'demo-traffic',
    'TrafficDetector',
    { hardMin: 0, hardMax: 20_000 },
  ),
  number(
    'pm25',
    'Bụi mịn PM2.5',
    'Fine dust PM2.5',
    'ug/m3',
    1,
    'mean',
    'demo-air',
    'AirStation',
    { hardMin: 0, hardMax: 1500, softMax: 250 },
    'worse',
  ),
  number('rain-rate', 'Cường độ mưa', 'Rain rate', 'mm/h', 1, 'mean', 'demo-rain', 'RainGauge', {
    hardMin: 0,
    hardMax: 500,
  }),
  number('river-level', 'Mực nước sông', 'River level', 'cm', 1, 'mean', 'demo-river', 'RiverStation', {
    hardMin: -100,
    hardMax: 3000,
  }),
  number('power', 'Công suất điện', 'Electric power', 'kW', 1, 'mean', 'demo-power', 'PowerMeter', {
    hardMin: 0,
    hardMax: 2000,
  }),
  number('calls', 'Số cuộc gọi', 'Calls', 'cuộc gọi', 0, 'sum', 'demo-calls', 'CallCentre', { hardMin: 0 }),
  number(
    'cases-received',
    'Hồ sơ tiếp nhận',
    'Cases received',
    'hồ sơ',
    0,
    'sum',
    'demo-onestop',
    'OneStopOffice',
    { hardMin: 0 },
  ),
  number(
    'cases-waiting',
    'Hồ sơ đang chờ',
    'Cases waiting',
    'hồ sơ',
    0,
    'last',
    'demo-onestop',
    'OneStopOffice',
    { hardMin: 0 },
    'worse',
  ),
  {
    code: 'cases-in-time',
    name: { vi: 'Tỷ lệ hồ sơ giải quyết đúng hạn', en: 'Share of cases finished in time' },
    kind: 'ratio',
    uom: '%',
    decimals: 1,
    overPeriods: 'ratio',
    overUnits: 'ratio',
    preferredDataset: 'demo-onestop',
    entityType: 'OneStopOffice',
    higherIs: 'better',
  },
]

function number(
  code: string,
  vi: string,
  en: string,
  uom: string,
  decimals: number,
  over: 'mean' | 'sum' | 'last',
  dataset: string,
  entityType: string,
  range: NonNullable<PropertyDraft['range']>,
  higherIs: 'better' | 'worse' | null = null,
): PropertyDraft {
  return {
    code,
    name: { vi, en },
    kind: 'number',
    uom,
    decimals,
    overPeriods: over,
    overUnits: over === 'mean' ? 'mean' : 'sum',
    preferredDataset: dataset,
    entityType,
    higherIs,
    range,
  }
}

export function entities(city: City): EntityDraft[] {
  return city.places().map(({ id, type, name, lon, lat }) => ({
    id,
    type,
    name,
    unit: null,
    lon,
    lat,
    attributes: { synthetic: true },
  }))
}

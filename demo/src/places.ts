import { choose } from '@nhip/random/sampling'
import { RandomStream, type Seed } from '@nhip/random/stream'

/** A thing of the demo city that is measured. */
export interface Place {
  id: string
  type: string
  name: { vi: string; en: string }
  lon: number
  lat: number
  /** A number of its own in [0, 1) that the models use for size and character. */
  character: number
}

/** The demo city is nowhere: its centre is a spot in the hills where no city stands. */
const CENTRE = { lon: 105.32, lat: 18.93 }

const streets = [
  'Hòa Bình',
  'Thống Nhất',
  'Độc Lập',
  'Giải Phóng',
  'Bến Sông',
  'Chợ Mới',
  'Nhà Ga',
  'Cầu Đá',
  'Vườn Hoa',
  'Trường Học',
  'Khu Công nghiệp',
  'Bờ Hồ',
]
const wards = [
  'Mẫu Đông',
  'Mẫu Tây',
  'Mẫu Nam',
  'Mẫu Bắc',
  'Bến Mẫu',
  'Chợ Mẫu',
  'Đồi Mẫu',
  'Hồ Mẫu',
  'Ga Mẫu',
  'Cảng Mẫu',
  'Suối Mẫu',
  'Rừng Mẫu',
]

export const detectors = (seed: Seed) =>
  scatter(seed, 'TrafficDetector', 60, 0.07, (n, street) => ({
    vi: `Trạm đếm xe ${n}, đường ${street}`,
    en: `Traffic detector ${n}, ${street} street`,
  }))

export const airStations = (seed: Seed) =>
  scatter(seed, 'AirStation', 40, 0.1, (n, street) => ({
    vi: `Trạm không khí ${n}, ${street}`,
    en: `Air station ${n}, ${street}`,
  }))

export const rainGauges = (seed: Seed) =>
  scatter(seed, 'RainGauge', 20, 0.16, (n) => ({ vi: `Trạm đo mưa ${n}`, en: `Rain gauge ${n}` }))

export const riverStations = (seed: Seed) =>
  scatter(seed, 'RiverStation', 8, 0.12, (n) => ({
    vi: `Trạm thủy văn ${n}, sông Mẫu`,
    en: `River station ${n}, Mẫu river`,
  }))

export const powerMeters = (seed: Seed) =>
  scatter(seed, 'PowerMeter', 6, 0.05, (n) => ({
    vi: `Công tơ trụ sở ${n}`,
    en: `Office building meter ${n}`,
  }))

export const wardOffices = (seed: Seed) =>
  scatter(seed, 'OneStopOffice', wards.length, 0.09, (n) => ({
    vi: `Bộ phận một cửa phường ${wards[n - 1]}`,
    en: `One-stop office of ${wards[n - 1]} ward`,
  }))

export const callCentre: Place = {
  id: 'urn:nhip:CallCentre:mau-1022',
  type: 'CallCentre',
  name: { vi: 'Tổng đài 1022 Thành phố Mẫu', en: '1022 call centre of the model city' },
  ...CENTRE,
  character: 0.5,
}

function scatter(
  seed: Seed,
  type: string,
  count: number,
  radius: number,
  name: (n: number, street: string) => { vi: string; en: string },
): Place[] {
  const stream = new RandomStream(seed, ['places', type])
  return Array.from({ length: count }, (_, i) => {
    const angle = stream.uniform() * 2 * Math.PI
    const distance = radius * Math.sqrt(stream.uniform())
    return {
      id: `urn:nhip:${type}:mau-${String(i + 1).padStart(3, '0')}`,
      type,
      name: name(i + 1, choose(stream, streets)),
      lon: fiveDecimals(CENTRE.lon + distance * Math.cos(angle)),
      lat: fiveDecimals(CENTRE.lat + distance * Math.sin(angle)),
      character: stream.uniform(),
    }
  })
}

function fiveDecimals(degrees: number): number {
  return Math.round(degrees * 1e5) / 1e5
}

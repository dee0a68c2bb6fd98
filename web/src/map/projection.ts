/** Drawing of the country as SVG: web Mercator over the fixed window that always holds both archipelagos. */

export type Position = readonly number[]

export interface AreaGeometry {
  type: 'Polygon' | 'MultiPolygon'
  coordinates: Position[][] | Position[][][]
}

/** West, south, east, north: the window of every national map. */
export const window4326 = [102, 7, 118, 24] as const

const radians = Math.PI / 180
const mercator = (lat: number) => Math.log(Math.tan(Math.PI / 4 + (lat * radians) / 2)) / radians

/** Width of the drawing; the height follows from the projection. */
export const width = 600
const scale = width / (window4326[2] - window4326[0])
const top = mercator(window4326[3])
/** Height of the drawing. */
export const height = Math.round((top - mercator(window4326[1])) * scale)

/** Longitude and latitude to the drawing's x and y. */
export function project(lon: number, lat: number): [number, number] {
  return [(lon - window4326[0]) * scale, (top - mercator(lat)) * scale]
}

/** The `d` of an SVG path. */
export function pathOf(geometry: AreaGeometry): string {
  const areas = (
    geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
  ) as Position[][][]
  let text = ''
  for (const rings of areas) {
    for (const ring of rings) {
      ring.forEach(([lon = 0, lat = 0], i) => {
        const [x, y] = project(lon, lat)
        text += `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`
      })
      text += 'Z'
    }
  }
  return text
}

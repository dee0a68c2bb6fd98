import 'maplibre-gl/dist/maplibre-gl.css'
import {
  type GeoJSONSource,
  type LngLatBoundsLike,
  Map as MapLibre,
  Marker,
  NavigationControl,
  setWorkerUrl,
} from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { language } from '../i18n/language.ts'
import { isWall } from '../shell/wall.ts'
import { archipelagos } from './archipelagos.ts'
import type { Boundaries } from './boundaries.ts'
import { areasOf, islandsOf, pointsOf } from './gl-data.ts'
import styles from './gl-map.module.css'
import type { Drawn } from './national-svg.tsx'
import { noData } from './palette.ts'
import { window4326 } from './projection.ts'

// Without this call MapLibre shows no data and no error.
setWorkerUrl(workerUrl)

interface Props {
  boundaries: Boundaries
  items: readonly Drawn[]
  points: boolean
  selected: string | null
  /** Where to look at first; the whole country by default. */
  bounds?: LngLatBoundsLike
  onSelect: (entity: string | null) => void
  onHover: (entity: string | null) => void
  title: string
}

const country: LngLatBoundsLike = [window4326[0], window4326[1], window4326[2], window4326[3]]
/** Sea, areas without a value and the lines between areas: by day, and in the dark of a hall. */
const ground = {
  day: { sea: '#e3edf6', empty: noData, line: '#ffffff' },
  wall: { sea: '#0b1a30', empty: '#26374f', line: '#0b1a30' },
}

/** The map that can be moved and enlarged. The list beside it is the keyboard's way to the same units. */
export default function GlMap(props: Props) {
  const { boundaries, items, points, selected, bounds, title } = props
  const { t, i18n } = useTranslation()
  const box = useRef<HTMLDivElement>(null)
  const [map, setMap] = useState<MapLibre | null>(null)
  const [ready, setReady] = useState(false)
  const calls = useRef(props)
  calls.current = props

  // biome-ignore lint/correctness/useExhaustiveDependencies: made once; a change of language makes it anew for its labels
  useEffect(() => {
    if (!box.current) return
    const colours = isWall() ? ground.wall : ground.day
    const made = new MapLibre({
      container: box.current,
      bounds: bounds ?? country,
      fitBoundsOptions: { padding: 6 },
      maxBounds: [90, -2, 130, 32],
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      // One finger must still scroll the page on a phone.
      cooperativeGestures: window.matchMedia('(pointer: coarse)').matches,
      locale: {
        'Map.Title': title,
        'NavigationControl.ZoomIn': t('map.zoomIn'),
        'NavigationControl.ZoomOut': t('map.zoomOut'),
        'CooperativeGesturesHandler.MobileHelpText': t('map.twoFingers'),
        'CooperativeGesturesHandler.WindowsHelpText': t('map.withCtrl'),
        'CooperativeGesturesHandler.MacHelpText': t('map.withCtrl'),
      },
      style: {
        version: 8,
        sources: {
          areas: { type: 'geojson', data: areasOf(boundaries, []) },
          points: { type: 'geojson', data: pointsOf([]) },
          islands: { type: 'geojson', data: islandsOf([]) },
        },
        layers: [
          { id: 'sea', type: 'background', paint: { 'background-color': colours.sea } },
          {
            id: 'areas',
            type: 'fill',
            source: 'areas',
            paint: {
              'fill-color': ['case', ['==', ['get', 'colour'], noData], colours.empty, ['get', 'colour']],
            },
          },
          {
            id: 'lines',
            type: 'line',
            source: 'areas',
            paint: {
              'line-color': colours.line,
              'line-width': ['interpolate', ['linear'], ['zoom'], 4, 0.6, 9, 1.6],
            },
          },
          {
            id: 'islands',
            type: 'circle',
            source: 'islands',
            paint: {
              'circle-radius': 3.2,
              'circle-color': ['get', 'colour'],
              'circle-stroke-color': '#4a5870',
              'circle-stroke-width': 0.8,
            },
          },
          {
            id: 'points',
            type: 'circle',
            source: 'points',
            paint: {
              'circle-radius': ['interpolate', ['linear'], ['zoom'], 4, 2, 7, 4, 11, 8],
              'circle-color': ['get', 'colour'],
              'circle-stroke-color': ['case', ['get', 'estimated'], '#12213a', '#ffffff'],
              'circle-stroke-width': ['interpolate', ['linear'], ['zoom'], 5, 0.2, 8, 1],
            },
          },
          {
            id: 'chosen-area',
            type: 'line',
            source: 'areas',
            filter: ['==', ['get', 'entity'], ''],
            paint: { 'line-color': '#12213a', 'line-width': 2.4 },
          },
          {
            id: 'chosen-point',
            type: 'circle',
            source: 'points',
            filter: ['==', ['get', 'entity'], ''],
            paint: {
              'circle-radius': 8,
              'circle-color': ['get', 'colour'],
              'circle-stroke-color': '#12213a',
              'circle-stroke-width': 2.4,
            },
          },
        ],
      },
    })
    if (!isWall()) made.addControl(new NavigationControl({ showCompass: false }), 'top-right')
    made.touchZoomRotate.disableRotation()
    for (const group of archipelagos) {
      const [name, place] = group.name[language()].split(' (')
      const label = document.createElement('div')
      label.className = styles.archipelago ?? ''
      label.dataset.archipelago = group.province
      label.append(document.createTextNode(name ?? ''), document.createElement('br'), `(${place}`)
      new Marker({ element: label, anchor: 'top' }).setLngLat([group.label[0], group.label[1]]).addTo(made)
      label.removeAttribute('tabindex')
      label.removeAttribute('role')
    }
    made.on('load', () => {
      made.addImage('hatch', hatch(), { pixelRatio: 2 })
      made.addLayer(
        {
          id: 'hatched',
          type: 'fill',
          source: 'areas',
          filter: ['==', ['get', 'estimated'], true],
          paint: { 'fill-pattern': 'hatch' },
        },
        'lines',
      )
      setMap(made)
    })
    made.on('idle', () => setReady(true))
    const hit = (at: { point: { x: number; y: number } }) => {
      const { x, y } = at.point
      const found = made.queryRenderedFeatures(
        [
          [x - 4, y - 4],
          [x + 4, y + 4],
        ],
        { layers: calls.current.points ? ['points'] : ['islands', 'areas'] },
      )
      const entity = found[0]?.properties.entity
      return typeof entity === 'string' && entity !== '' ? entity : null
    }
    made.on('mousemove', (event) => {
      const entity = hit(event)
      made.getCanvas().style.cursor = entity ? 'pointer' : ''
      calls.current.onHover(entity)
    })
    made.on('mouseout', () => calls.current.onHover(null))
    made.on('click', (event) => calls.current.onSelect(hit(event)))
    return () => {
      setMap(null)
      setReady(false)
      made.remove()
    }
  }, [i18n.resolvedLanguage])

  useEffect(() => {
    if (!map) return
    setReady(false)
    source(map, 'areas')?.setData(areasOf(boundaries, points ? [] : items))
    source(map, 'points')?.setData(pointsOf(points ? items : []))
    source(map, 'islands')?.setData(islandsOf(points ? [] : items))
  }, [map, boundaries, items, points])

  useEffect(() => {
    map?.setFilter('chosen-area', ['==', ['get', 'entity'], selected ?? ''])
    map?.setFilter('chosen-point', ['==', ['get', 'entity'], selected ?? ''])
  }, [map, selected])

  const boundsText = JSON.stringify(bounds ?? country)
  useEffect(() => {
    map?.fitBounds(JSON.parse(boundsText), { padding: 6, animate: false })
  }, [map, boundsText])

  return <div ref={box} className={styles.map} data-map-ready={ready ? 'yes' : 'no'} />
}

function source(map: MapLibre, id: string): GeoJSONSource | undefined {
  return map.getSource<GeoJSONSource>(id)
}

/** A tile of slanted white lines, repeated over areas whose value is an estimate. */
function hatch(): { width: number; height: number; data: Uint8ClampedArray } {
  const size = 16
  const data = new Uint8ClampedArray(size * size * 4)
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      if ((x + y) % size < 5) data.set([255, 255, 255, 165], (y * size + x) * 4)
    }
  }
  return { width: size, height: size, data }
}

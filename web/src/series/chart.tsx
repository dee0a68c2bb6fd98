import type { Point, SeriesAnswer } from '@nhip/node/observations/contract'
import { LineChart } from 'echarts/charts'
import {
  AriaComponent,
  DataZoomComponent,
  GridComponent,
  MarkLineComponent,
  TooltipComponent,
} from 'echarts/components'
import { type EChartsType, init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useEffectEvent, useRef } from 'react'
import styles from './chart.module.css'
import { type ChartWords, chartOptions, nearestPoint } from './chart-options.ts'

use([
  LineChart,
  GridComponent,
  TooltipComponent,
  DataZoomComponent,
  MarkLineComponent,
  AriaComponent,
  SVGRenderer,
])

/** One series as a line. The table under it is its text twin, by keyboard too. A click takes the nearest point. */
export default function Chart(props: {
  answer: SeriesAnswer
  words: ChartWords
  /** Start of the value that is opened. */
  chosen: string | null
  onPoint: (point: Point) => void
}) {
  const { answer, words, chosen } = props
  const box = useRef<HTMLDivElement>(null)
  const chart = useRef<EChartsType>(null)

  const take = useEffectEvent((at: number) => {
    const point = nearestPoint(answer.points, at)
    if (point) props.onPoint(point)
  })

  useEffect(() => {
    if (!box.current) return
    const made = init(box.current)
    chart.current = made
    // The whole plot answers, not the dots alone: a finger does not hit a dot of five pixels.
    made.getZr().on('click', ({ offsetX, offsetY }) => {
      if (!made.containPixel('grid', [offsetX, offsetY])) return
      const at = made.convertFromPixel({ xAxisIndex: 0 }, offsetX)
      if (typeof at === 'number') take(at)
    })
    const watch = new ResizeObserver(() => made.resize())
    watch.observe(box.current)
    return () => {
      watch.disconnect()
      made.dispose()
      chart.current = null
    }
  }, [])

  useEffect(() => {
    const style = getComputedStyle(document.documentElement)
    const colour = (name: string) => style.getPropertyValue(name).trim()
    chart.current?.setOption(
      chartOptions(answer, words, chosen, {
        line: colour('--brand'),
        band: '#8eabd2',
        grid: colour('--line'),
        text: colour('--ink-soft'),
        chosen: colour('--focus'),
      }),
      true,
    )
  }, [answer, words, chosen])

  return <div ref={box} className={styles.chart} data-points={answer.points.length} />
}

import type { SeriesAnswer } from '@nhip/node/observations/contract'
import { LineChart } from 'echarts/charts'
import { AriaComponent, DataZoomComponent, GridComponent, TooltipComponent } from 'echarts/components'
import { type EChartsType, init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import styles from './chart.module.css'
import { type ChartWords, chartOptions } from './chart-options.ts'

use([LineChart, GridComponent, TooltipComponent, DataZoomComponent, AriaComponent, SVGRenderer])

/** One series as a line. The table under it is its text twin. */
export default function Chart({ answer, words }: { answer: SeriesAnswer; words: ChartWords }) {
  const box = useRef<HTMLDivElement>(null)
  const chart = useRef<EChartsType>(null)

  useEffect(() => {
    if (!box.current) return
    const made = init(box.current)
    chart.current = made
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
      chartOptions(answer, words, {
        line: colour('--brand'),
        band: '#8eabd2',
        grid: colour('--line'),
        text: colour('--ink-soft'),
      }),
      true,
    )
  }, [answer, words])

  return <div ref={box} className={styles.chart} data-points={answer.points.length} />
}

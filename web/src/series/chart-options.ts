import type { Point, SeriesAnswer } from '@nhip/node/observations/contract'

/** Hours by which times are moved for drawing: charts then show +07:00 whatever the machine's zone. */
const shift = 7 * 3_600_000

export interface ChartWords {
  name: string
  symbol: string
  number: (value: number | null) => string
  short: (value: number) => string
  time: (point: Point) => string
  band: string
  status: (point: Point) => string
  description: string
}

export interface ChartColours {
  line: string
  band: string
  grid: string
  text: string
  chosen: string
}

/** ECharts' options of one series: a line, its min–max band where values are gathered, gaps where values are missing. */
export function chartOptions(
  answer: SeriesAnswer,
  words: ChartWords,
  chosen: string | null,
  colours: ChartColours,
) {
  const points = answer.points
  const at = (point: Point) => Date.parse(point.t) + shift
  const banded = points.some((p) => p.min !== undefined && p.max !== undefined && p.min !== p.max)
  const few = points.length <= 80
  return {
    useUTC: true,
    animation: false,
    textStyle: { fontFamily: '"Be Vietnam Pro", system-ui, sans-serif' },
    aria: { enabled: true, label: { description: words.description } },
    grid: { left: 64, right: 18, top: 30, bottom: points.length > 60 ? 74 : 36 },
    xAxis: {
      type: 'time' as const,
      axisLine: { lineStyle: { color: colours.grid } },
      axisLabel: {
        color: colours.text,
        hideOverlap: true,
        formatter: {
          year: '{yyyy}',
          month: '{MM}/{yyyy}',
          day: '{dd}/{MM}',
          hour: '{HH}:{mm}',
          minute: '{HH}:{mm}',
        },
      },
      splitLine: { show: false },
    },
    yAxis: {
      type: 'value' as const,
      scale: true,
      name: words.symbol,
      nameTextStyle: { color: colours.text, align: 'left' as const, padding: [0, 0, 0, -56] },
      axisLabel: { color: colours.text, formatter: (value: number) => words.short(value) },
      splitLine: { lineStyle: { color: colours.grid } },
    },
    tooltip: {
      trigger: 'axis' as const,
      confine: true,
      formatter: (shown: unknown) => {
        const index = (shown as { dataIndex: number }[])[0]?.dataIndex
        const point = index === undefined ? undefined : points[index]
        return point ? tooltip(point, words) : ''
      },
    },
    dataZoom:
      points.length > 60
        ? [
            { type: 'inside' as const, filterMode: 'none' as const },
            {
              type: 'slider' as const,
              filterMode: 'none' as const,
              height: 22,
              bottom: 12,
              showDetail: false,
              brushSelect: false,
              borderColor: colours.grid,
              fillerColor: `${colours.band}55`,
            },
          ]
        : [],
    series: [
      {
        name: words.name,
        type: 'line' as const,
        data: points.map((p) => ({
          value: [at(p), p.value],
          ...(few && p.status && p.status !== 'A' ? { symbol: 'emptyDiamond', symbolSize: 10 } : {}),
        })),
        showSymbol: few,
        symbol: 'circle',
        symbolSize: 5,
        connectNulls: false,
        lineStyle: { width: 2, color: colours.line },
        itemStyle: { color: colours.line },
        emphasis: { disabled: true },
        markLine: {
          silent: true,
          symbol: 'none',
          animation: false,
          label: { show: false },
          lineStyle: { color: colours.chosen, type: 'solid' as const, width: 1.5 },
          data: chosen === null ? [] : [{ xAxis: Date.parse(chosen) + shift }],
        },
        z: 3,
      },
      ...(banded
        ? [
            {
              name: 'min',
              type: 'line' as const,
              stack: 'band',
              data: points.map((p) => [at(p), p.min ?? p.value]),
              showSymbol: false,
              lineStyle: { opacity: 0 },
              silent: true,
              tooltip: { show: false },
            },
            {
              name: words.band,
              type: 'line' as const,
              stack: 'band',
              data: points.map((p) => [
                at(p),
                p.min === undefined || p.max === undefined ? 0 : p.max - p.min,
              ]),
              showSymbol: false,
              lineStyle: { opacity: 0 },
              areaStyle: { color: colours.band, opacity: 0.35 },
              silent: true,
              tooltip: { show: false },
            },
          ]
        : []),
    ],
  }
}

/** The point nearest to a place on the time axis, which is moved as the drawn times are. */
export function nearestPoint<P extends Pick<Point, 't'>>(points: readonly P[], axis: number): P | undefined {
  const distance = (point: P) => Math.abs(Date.parse(point.t) + shift - axis)
  return points.reduce<P | undefined>(
    (best, point) => (best === undefined || distance(point) < distance(best) ? point : best),
    undefined,
  )
}

/** HTML of the box beside the pointer. Everything that came from data is escaped. */
function tooltip(point: Point, words: ChartWords): string {
  const lines = [
    `<strong>${escaped(words.time(point))}</strong>`,
    `${escaped(words.number(point.value))} ${escaped(words.symbol)}`,
  ]
  if (point.min !== undefined && point.max !== undefined && point.min !== point.max)
    lines.push(`${escaped(words.number(point.min))} – ${escaped(words.number(point.max))}`)
  const status = words.status(point)
  if (status) lines.push(escaped(status))
  return lines.join('<br>')
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c)
}

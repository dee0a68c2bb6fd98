import type { PolicyFiles, PopulationItem, PopulationSample } from '@nhip/node/policies/contract'
import type { PackedPopulation } from '@nhip/policy/population/packed'
import type { Threshold } from '@nhip/policy/simulate/request'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { read } from '../api/client.ts'
import { LabClient, mayCompile } from './lab-client.ts'
import type { Laws } from './lab-messages.ts'

/** Households of the sample: more where the law may be compiled, so that either way an answer comes within a second. */
const SAMPLE = { compiled: 20_000, closures: 2_000 } as const
/** What the worker has answered once it would answer again. */
export const keptAnswer = { staleTime: Number.POSITIVE_INFINITY, retry: false } as const

let clients = 0

/** A bundle in the browser: its files, what is wrong with the changed ones, and what they do to a sample. */
export function useLab(
  policy: string | undefined,
  laws: Laws,
  threshold: Threshold,
  population: PopulationItem | undefined,
) {
  const [client, setClient] = useState<{ lab: LabClient; number: number } | null>(null)
  useEffect(() => {
    const lab = new LabClient()
    setClient({ lab, number: ++clients })
    return () => lab.close()
  }, [])
  const files = useQuery({
    queryKey: ['policy-files', policy],
    enabled: policy !== undefined,
    queryFn: ({ signal }) => read<PolicyFiles>(`/api/policies/${policy}/files`, {}, signal),
  })
  const opened = useQuery({
    ...keptAnswer,
    queryKey: ['lab-open', client?.number, files.data?.id, files.data?.sha256],
    enabled: client !== null && files.data !== undefined,
    queryFn: async () => {
      const compiled = await mayCompile()
      const texts = Object.fromEntries((files.data?.files ?? []).map(({ path, text }) => [path, text]))
      await client?.lab.ask('open', { files: texts, mayCompile: compiled })
      return { texts, compiled, key: `${client?.number} ${files.data?.sha256}` }
    },
  })
  const key = opened.data?.key
  const households = opened.data?.compiled ? SAMPLE.compiled : SAMPLE.closures
  const packed = useQuery({
    ...keptAnswer,
    queryKey: ['population-sample', population?.id, population?.sha256, households],
    enabled: population !== undefined && opened.data !== undefined,
    queryFn: ({ signal }) =>
      read<PopulationSample>(`/api/populations/${population?.id}/sample`, { households }, signal),
  })
  const sample = useQuery({
    ...keptAnswer,
    queryKey: ['lab-sample', key, population?.id, population?.sha256, households],
    enabled: client !== null && packed.data !== undefined && key !== undefined,
    queryFn: () => client?.lab.ask('sample', { packed: packed.data as PackedPopulation }),
  })
  const checked = useQuery({
    ...keptAnswer,
    gcTime: 60_000,
    queryKey: ['lab-check', key, laws],
    enabled: client !== null && key !== undefined,
    placeholderData: keepPreviousData,
    queryFn: () => client?.lab.ask('check', laws),
  })
  const ready = checked.data?.usable === true && !checked.isPlaceholderData && sample.data !== undefined
  const run = useQuery({
    ...keptAnswer,
    gcTime: 60_000,
    queryKey: ['lab-run', key, laws, threshold],
    enabled: client !== null && ready,
    placeholderData: keepPreviousData,
    queryFn: () => client?.lab.ask('run', { ...laws, threshold, analyses: ['paths'] }),
  })
  return {
    client: client?.lab ?? null,
    key,
    texts: opened.data?.texts,
    files,
    packed,
    opened,
    sample,
    checked,
    run,
    ready,
  }
}

export type LabState = ReturnType<typeof useLab>

import { parentPort, workerData } from 'node:worker_threads'
import { type BundleRoots, bundleRoots } from './bundle-roots.ts'
import { type ClaimPart, ClaimScan, type StampedSize } from './claims.ts'
import { blockingReader } from './folder.ts'

export interface VerifyWorkerData {
  folder: string
  stamps: readonly StampedSize[]
}

/** Whole bundles to be hashed. */
export interface VerifyTask {
  first: number
  count: number
}

export interface VerifyAnswer extends BundleRoots {
  claims: ClaimPart
}

const { folder, stamps } = workerData as VerifyWorkerData
const reader = blockingReader(folder)

parentPort?.on('message', ({ first, count }: VerifyTask) => {
  const claims = new ClaimScan(stamps)
  const found = bundleRoots((path) => reader.read(path), first, count, claims.onBundle)
  parentPort?.postMessage({ ...found, claims: claims.part() } satisfies VerifyAnswer)
})

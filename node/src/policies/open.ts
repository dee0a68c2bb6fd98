import type { Route } from '../http/declare.ts'
import type { Blobs } from '../records/blobs.ts'
import type { Records } from '../records/contract.ts'
import type { JobHandler } from '../records/jobs.ts'
import { Library } from './library.ts'
import { Populations } from './populations.ts'
import { policyRoutes } from './routes.ts'
import { simulationRoutes } from './simulation-routes.ts'
import { Simulations } from './simulations.ts'

export interface PoliciesOptions {
  records: Records
  blobs: Blobs
  /** Bundles and population specifications that come with the program. */
  models: { policies: string; populations: string }
  /** `DIR/populations` */
  folder: string
  /** Names of provinces by their codes, as they were on a day. */
  placeNames: (day: string, lang: 'vi' | 'en') => Readonly<Record<string, string>>
  /** Threads of one simulation. */
  threads?: number
  /** Bytes of memory, of which a population may take half. */
  memory?: number
  now?: () => number
}

/** The room of policies, open. */
export interface Policies {
  routes(): Route[]
  /** To be run one at a time: each takes all the threads it is given. */
  jobs(): Record<string, JobHandler>
}

export async function openPolicies(options: PoliciesOptions): Promise<Policies> {
  const { models, folder, records, blobs } = options
  const library = new Library(models)
  const populations = await Populations.open(folder, library)
  const simulations = new Simulations({ ...options, library, populations })
  return {
    routes: () => [
      ...policyRoutes({ library, populations }),
      ...simulationRoutes({ simulations, records, blobs }),
    ],
    jobs: () => simulations.jobs(),
  }
}

import type { Route } from '../http/declare.ts'
import { Library } from './library.ts'
import { Populations } from './populations.ts'
import { policyRoutes } from './routes.ts'

export interface PoliciesOptions {
  /** Bundles and population specifications that come with the program. */
  models: { policies: string; populations: string }
  /** `DIR/populations` */
  folder: string
}

/** The room of policies, open. */
export interface Policies {
  library: Library
  populations: Populations
  routes(): Route[]
}

export async function openPolicies({ models, folder }: PoliciesOptions): Promise<Policies> {
  const library = new Library(models)
  const populations = await Populations.open(folder, library)
  return { library, populations, routes: () => policyRoutes({ library, populations }) }
}

import { Type } from 'typebox'
import { type Route, route } from '../http/declare.ts'
import { JobItem, jobItem } from '../http/job-routes.ts'
import { refuse } from '../http/problem.ts'
import type { Records } from '../records/contract.ts'
import { addJob, findJob, type JobHandler } from '../records/jobs.ts'
import type { ObservationStore } from './open.ts'

const actions = ['seal', 'verify', 'rebuild'] as const
export type LakeAction = (typeof actions)[number]

const jobOf = (action: LakeAction) => `lake.${action}-asked`

/** What an operator may ask of the lake of a node that runs; the same that `nhip lake` does on a stopped one. */
export async function lakeWork(observations: ObservationStore, action: LakeAction): Promise<unknown> {
  if (action === 'seal') return observations.seal({ all: true })
  if (action === 'verify') return observations.verify()
  const { equal, differences } = await observations.rebuild()
  return { equal, differences, contentHash: await observations.contentHash() }
}

/** They may take minutes, so each is a job. */
export function lakeJobs(observations: ObservationStore): Record<string, JobHandler> {
  return Object.fromEntries(actions.map((action) => [jobOf(action), () => lakeWork(observations, action)]))
}

export function lakeRoutes(records: Records): Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/lake/{action}',
      summary: 'Seal, verify or rebuild the store of observations, as a job',
      params: Type.Object({ action: Type.Enum(actions) }),
      permission: 'node.configure',
      audit: 'lake.ask',
      responses: { 202: { description: 'Asked; the answer is the result of the job', body: JobItem } },
      async handle({ params, caller, actor }) {
        if (!caller.holds('node.configure', null))
          throw refuse(403, 'whole-node-only', { params: { permission: 'node.configure' } })
        const id = await records.tx(actor, async (tx) => {
          const job = await addJob(tx, { kind: jobOf(params.action), maxAttempts: 1 })
          tx.audit({ action: 'lake.ask', targetType: 'job', targetId: job, after: { action: params.action } })
          return job
        })
        const job = await findJob(records, id)
        if (!job) throw refuse(404, 'unknown-job', { params: { job: id } })
        return { status: 202, body: jobItem(job), headers: { location: `/api/jobs/${id}` } }
      },
    }),
  ]
}

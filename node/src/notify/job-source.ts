import { jobItem, progressItem } from '../http/job-routes.ts'
import { type Records, SYSTEM } from '../records/contract.ts'
import { findJob, JOB_CHANNEL } from '../records/jobs.ts'
import type { LiveSource } from './live-event.ts'

/** A job that reports its progress a hundred times a second is read four times. */
const READ_AFTER_MS = 250

/** Long work: begun, further on, ended. The body is that of `GET /api/jobs/{id}`. */
export function jobSource(records: Records, onError: (error: unknown) => void): LiveSource {
  return {
    topic: 'jobs',
    start({ event }) {
      const due = new Map<string, NodeJS.Timeout>()
      const tell = async (id: string) => {
        due.delete(id)
        const job = await findJob(records, id)
        if (!job) return
        // Of the program's own work everybody hears how far it is.
        const body = job.createdBy === SYSTEM.id ? progressItem(job) : jobItem(job)
        event({ topic: 'jobs', name: 'job', about: { createdBy: job.createdBy }, data: () => body })
      }
      const stop = records.listen(JOB_CHANNEL, (id) => {
        if (typeof id !== 'string' || due.has(id)) return
        due.set(
          id,
          setTimeout(() => void tell(id).catch(onError), READ_AFTER_MS),
        )
      })
      return () => {
        stop()
        for (const timer of due.values()) clearTimeout(timer)
      }
    },
  }
}

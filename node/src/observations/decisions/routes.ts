import { type Route, route } from '../../http/declare.ts'
import { CorrectionAnswer, CorrectionRequest } from '../contract.ts'
import { itemOf } from '../latest-item.ts'
import { type DecidingRooms, decide } from './decide.ts'

/** What people say of single values. */
export function decisionRoutes(rooms: DecidingRooms): Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/observations/corrections',
      summary: 'Correct, withdraw, confirm or reject a value, with a reason',
      description:
        'Makes another version of the fact; the versions before it stay. seq names the version that was seen: 409 when another one holds by now. Deciding the same again changes nothing.',
      body: CorrectionRequest,
      permission: 'observations.write',
      audit: 'observation.correct',
      idempotent: true,
      responses: { 200: { description: 'The version that holds now', body: CorrectionAnswer } },
      async handle({ body, caller, actor }) {
        const { version, unchanged } = await decide(rooms, caller, actor, body)
        return {
          status: 200,
          body: {
            observation: { ...itemOf(version), seq: version.seq, current: true },
            unchanged,
          },
        }
      },
    }),
  ]
}

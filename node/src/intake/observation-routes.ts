import { Type } from 'typebox'
import { type Route, route } from '../http/declare.ts'
import { refuse } from '../http/problem.ts'
import { admit, type IntakeRooms, judgeFor } from './admit.ts'
import { Admitted, Reading } from './contract.ts'
import { fromLines, fromReadings, mostBytes, mostReadings } from './readings.ts'
import { writableDataset } from './writable-dataset.ts'

const Batch = Type.Object(
  {
    dataset: Type.String(),
    observations: Type.Array(Reading, { minItems: 1, maxItems: mostReadings }),
  },
  { additionalProperties: false },
)

const mostErrors = 1000

/** The door for programs: `POST /api/observations`. */
export function observationDoor(rooms: IntakeRooms): Route {
  return route({
    method: 'POST',
    path: '/api/observations',
    summary: 'Store readings: all or nothing, or the valid ones with partial=true',
    description:
      'JSON, NDJSON (one reading a line) or CSV (columns named as the fields of a reading). For the last two the dataset is a query parameter. Repeating a request is harmless.',
    query: Type.Object(
      {
        dataset: Type.Optional(Type.String({ description: 'for NDJSON and CSV; JSON names it in the body' })),
        partial: Type.Optional(
          Type.Boolean({ default: false, description: 'store the valid readings although others are not' }),
        ),
      },
      { additionalProperties: false },
    ),
    body: Batch,
    streams: ['application/x-ndjson', 'text/csv'],
    bodyLimit: mostBytes,
    permission: 'observations.write',
    responses: { 200: { description: 'Stored, on disk', body: Admitted } },
    async handle({ body, stream, query, caller, actor, receivedAt }) {
      const code = stream ? query.dataset : body.dataset
      if (code === undefined) throw refuse(400, 'dataset-parameter-missing')
      const dataset = writableDataset(rooms.catalogue, caller, code)
      const { candidates, errors } = stream
        ? await fromLines(stream.type as 'application/x-ndjson' | 'text/csv', stream.content, receivedAt)
        : fromReadings(body.observations, receivedAt)
      const partial = query.partial === true
      const batch = { dataset, source: `http:${caller.username}`, door: 'http', receivedAt } as const
      if (errors.length > 0 && !partial) {
        // The sender hears of every row at once, not of the unreadable ones first and of the rest the next time.
        const judged = judgeFor(rooms, batch)(candidates)
        throw invalidReadings([...errors, ...judged.errors])
      }
      const admitted = await admit(rooms, { ...batch, candidates, partial }, actor)
      if (admitted.rejected > 0 && !partial) throw invalidReadings(admitted.errors, admitted.rejected)
      return {
        status: 200,
        body: {
          ...admitted,
          rejected: admitted.rejected + errors.length,
          errors: [...errors, ...admitted.errors].slice(0, mostErrors),
        },
      }
    },
  })
}

function invalidReadings(errors: Admitted['errors'], rejected = errors.length) {
  return refuse(422, 'invalid-readings', { params: { rejected }, errors: errors.slice(0, mostErrors) })
}

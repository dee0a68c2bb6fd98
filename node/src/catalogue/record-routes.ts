import { type TObject, type TSchema, Type } from 'typebox'
import type { Caller } from '../http/caller.ts'
import { type Route, route } from '../http/declare.ts'
import { etag } from '../http/etag.ts'
import { refuse } from '../http/problem.ts'
import { inTurnOf } from '../in-turn.ts'
import type { Actor } from '../records/contract.ts'

/** What differs between the kinds of records that the catalogue keeps: datasets, properties, entities. */
export interface RecordKind<Stored extends { version: number }, Draft> {
  noun: 'dataset' | 'property' | 'entity'
  /** Last part of the list's path. */
  list: string
  /** Name of the field that identifies a record. */
  key: 'code' | 'id'
  item: TSchema
  draft: TSchema
  patch: TSchema
  /** @throws a 404 problem */
  demand(id: string): Stored
  exists(id: string): boolean
  show(stored: Stored): object
  /** The draft of a new record, or of a stored one with a patch laid over it. */
  draftOf(fields: object, before?: Stored): Draft
  /** @throws unless the caller may make this record, or change it so; what the caller may not even see is not there */
  authorise(caller: Caller, draft: Draft, before?: Stored): Draft | Promise<Draft>
  /** @throws a problem for what a schema cannot say */
  check(draft: Draft, before?: Stored): Draft
  save(actor: Actor, draft: Draft): Promise<void>
}

const params: Record<'code' | 'id', TObject> = {
  code: Type.Object({ code: Type.String({ maxLength: 100 }) }),
  id: Type.Object({ id: Type.String({ maxLength: 300 }) }),
}

/**
 * Between the look whether a record is there, or is still the version somebody saw, and its saving nobody else may save
 * it: of two who register one code at once the second must be told, not become its owner.
 */
const alone = inTurnOf()

/** `POST` of a list: a record that is not there yet. */
export function creation<S extends { version: number }, D>(kind: RecordKind<S, D>): Route {
  const { noun, list, key } = kind
  return route({
    method: 'POST',
    path: `/api/${list}`,
    summary: `Register a new ${noun}`,
    body: kind.draft,
    permission: 'catalogue.write',
    audit: `${noun}.create`,
    idempotent: true,
    responses: { 201: { description: 'Registered', body: kind.item } },
    async handle({ body, actor, caller }) {
      const draft = await kind.authorise(caller, kind.check(kind.draftOf(body as object)))
      const id = (body as Record<string, string>)[key] ?? ''
      const made = await alone(`${noun} ${id}`, async () => {
        if (kind.exists(id)) throw refuse(409, 'code-taken', { params: { code: id } })
        await kind.save(actor, draft)
        return kind.demand(id)
      })
      return {
        status: 201,
        body: kind.show(made),
        headers: { location: `/api/${list}/${encodeURIComponent(id)}`, etag: etag(made.version) },
      }
    },
  })
}

/** `PATCH` of a record: JSON Merge Patch (RFC 7396) of one level, null removes and other values replace. */
export function change<S extends { version: number }, D>(kind: RecordKind<S, D>): Route {
  const { noun, list, key } = kind
  return route({
    method: 'PATCH',
    path: `/api/${list}/{${key}}`,
    summary: `Change ${noun === 'entity' ? 'an' : 'a'} ${noun} (JSON Merge Patch)`,
    params: params[key],
    body: kind.patch,
    permission: 'catalogue.write',
    audit: `${noun}.change`,
    responses: { 200: { description: 'Changed', body: kind.item } },
    async handle({ params: place, body, actor, caller, ifMatch }) {
      const id = (place as Record<string, string>)[key] ?? ''
      const changed = await alone(`${noun} ${id}`, async () => {
        const before = kind.demand(id)
        const draft = await kind.authorise(caller, kind.draftOf(body as object, before), before)
        ifMatch(before.version, kind.show(before))
        await kind.save(actor, kind.check(draft, before))
        return kind.demand(id)
      })
      return { status: 200, body: kind.show(changed), headers: { etag: etag(changed.version) } }
    },
  })
}

import { randomInt, timingSafeEqual } from 'node:crypto'
import { refuse } from '../http/problem.ts'
import { SYSTEM } from '../records/contract.ts'
import { type Identity, secretHash } from './identity.ts'
import { countUsers } from './store.ts'
import { addUser } from './users.ts'

/**
 * The first account of an empty node: whoever reads the program's output may make it, once, with the code printed there.
 */
export class SetUp {
  readonly #identity: Identity
  #code: string | null

  private constructor(identity: Identity, code: string | null) {
    this.#identity = identity
    this.#code = code
  }

  static async begin(identity: Identity): Promise<SetUp> {
    return new SetUp(identity, (await countUsers(identity.records)) === 0 ? newCode() : null)
  }

  /** The code to print, null when the node has accounts. */
  get code(): string | null {
    return this.#code
  }

  /** @throws 404 when the node is set up, 403 on a wrong code */
  async finish(form: {
    code: string
    username: string
    displayName: string
    password: string
  }): Promise<string> {
    if (this.#code === null) throw refuse(404, 'already-set-up')
    if (!timingSafeEqual(secretHash(form.code.trim()), secretHash(this.#code)))
      throw refuse(403, 'wrong-set-up-code')
    const id = await addUser(this.#identity, SYSTEM, {
      username: form.username,
      displayName: form.displayName,
      password: form.password,
      memberships: [{ unit: '*', role: 'administrator' }],
    })
    this.#code = null
    return id
  }
}

function newCode(): string {
  const digits = String(randomInt(0, 100_000_000)).padStart(8, '0')
  return `${digits.slice(0, 4)}-${digits.slice(4)}`
}

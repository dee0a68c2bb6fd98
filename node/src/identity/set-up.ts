import { randomInt, timingSafeEqual } from 'node:crypto'
import { refuse } from '../http/problem.ts'
import { SYSTEM } from '../records/contract.ts'
import { type Identity, secretHash } from './identity.ts'
import { countUsers } from './store.ts'
import { addUser } from './users.ts'

/** After this many wrong codes a new one has to be printed, by starting the program again. */
const mostWrong = 20

/**
 * The first account of an empty node: whoever reads the program's output may make it, once, with the code printed there.
 */
export class SetUp {
  readonly #identity: Identity
  #code: string | null
  #wrong = 0

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

  /** @throws 404 when the node is set up, 403 on a wrong code and after too many of them */
  async finish(form: {
    code: string
    username: string
    displayName: string
    password: string
  }): Promise<string> {
    const code = this.#code
    if (code === null) throw refuse(404, 'already-set-up')
    const right = timingSafeEqual(secretHash(form.code.trim()), secretHash(code))
    if (!right) this.#wrong += 1
    if (this.#wrong > mostWrong) throw refuse(403, 'set-up-code-spent')
    if (!right) throw refuse(403, 'wrong-set-up-code')
    // Of two at once with the right code only one makes the account.
    this.#code = null
    try {
      return await addUser(this.#identity, SYSTEM, {
        username: form.username,
        displayName: form.displayName,
        password: form.password,
        memberships: [{ unit: '*', role: 'administrator' }],
      })
    } catch (error) {
      this.#code = code
      throw error
    }
  }
}

function newCode(): string {
  const digits = String(randomInt(0, 100_000_000)).padStart(8, '0')
  return `${digits.slice(0, 4)}-${digits.slice(4)}`
}

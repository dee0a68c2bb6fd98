import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { contentHash } from '@nhip/canonical/content-hash'
import type { Message } from '@nhip/canonical/problem'
import { readYaml } from '@nhip/policy/bundle/yaml-file'
import { bundleHashes } from '@nhip/policy/certificate'
import { readBundleFolder } from './bundle-folder.ts'
import type { PolicyItem } from './contract.ts'
import { type OpenSpec, openSpec } from './population-folder.ts'

/** A bundle as it lies on disk. Whether it is without faults says the loader. */
export interface StoredBundle extends PolicyItem {
  texts: ReadonlyMap<string, string>
}

/** Names of bundles and specifications are folder names. */
const ID = /^[a-z][a-z0-9-]*$/

/** The bundles and population specifications that come with the program: read when they are asked for. */
export class Library {
  readonly #policies: string
  readonly #populations: string
  /** What was read last, so that only a changed bundle is parsed again. */
  readonly #bundles = new Map<string, StoredBundle>()
  readonly #specs = new Map<string, Promise<OpenSpec | undefined>>()

  constructor(folders: { policies: string; populations: string }) {
    this.#policies = folders.policies
    this.#populations = folders.populations
  }

  /** Every bundle, by id. */
  async policies(): Promise<StoredBundle[]> {
    const found: StoredBundle[] = []
    for (const id of await foldersWith(this.#policies, 'policy.yaml')) {
      const bundle = await this.policy(id)
      if (bundle) found.push(bundle)
    }
    return found
  }

  async policy(id: string): Promise<StoredBundle | undefined> {
    const dir = join(this.#policies, id)
    if (!ID.test(id) || !(await isFile(join(dir, 'policy.yaml')))) return undefined
    const texts = await readBundleFolder(dir)
    const sha256 = contentHash(bundleHashes(texts))
    let bundle = this.#bundles.get(id)
    if (bundle?.sha256 !== sha256) {
      bundle = bundleOf(id, sha256, texts)
      this.#bundles.set(id, bundle)
    }
    return bundle
  }

  /** Every specification of a synthetic population, by id. */
  async specs(): Promise<OpenSpec[]> {
    const found: OpenSpec[] = []
    for (const id of await foldersWith(this.#populations, 'spec.yaml')) {
      const spec = await this.spec(id)
      if (spec) found.push(spec)
    }
    return found
  }

  /** A specification with its tables; undefined when there is none or it has errors. */
  async spec(id: string): Promise<OpenSpec | undefined> {
    if (!ID.test(id)) return undefined
    const path = this.specPath(id)
    if (!(await isFile(path))) return undefined
    let open = this.#specs.get(id)
    if (!open) {
      open = openSpec(path).then(({ opened }) => opened)
      this.#specs.set(id, open)
    }
    return open
  }

  /** Where the specification lies, for a thread that reads it itself. */
  specPath(id: string): string {
    return join(this.#populations, id, 'spec.yaml')
  }
}

/** What the frame says; a file that is no YAML says nothing. */
function bundleOf(id: string, sha256: string, texts: ReadonlyMap<string, string>): StoredBundle {
  const frame = readYaml(texts.get('policy.yaml') ?? '', 'policy.yaml').yaml?.data as
    | { title?: Message; version?: string }
    | undefined
  const reforms: PolicyItem['reforms'] = []
  for (const [path, text] of texts) {
    if (!path.startsWith('reforms/')) continue
    const reform = readYaml(text, path).yaml?.data as
      | { id?: string; title?: Message; from?: string }
      | undefined
    if (reform?.id)
      reforms.push({
        id: reform.id,
        title: titleOf(reform.title, reform.id),
        from: String(reform.from ?? ''),
      })
  }
  return {
    id,
    title: titleOf(frame?.title, id),
    version: String(frame?.version ?? ''),
    sha256,
    files: texts.size,
    reforms: reforms.sort((a, b) => (a.id < b.id ? -1 : 1)),
    texts,
  }
}

function titleOf(title: Partial<Message> | undefined, id: string): Message {
  return { vi: title?.vi ?? id, en: title?.en ?? title?.vi ?? id }
}

async function foldersWith(dir: string, file: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => [])
  const names: string[] = []
  for (const entry of entries)
    if (entry.isDirectory() && (await isFile(join(dir, entry.name, file)))) names.push(entry.name)
  return names.sort()
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true
}

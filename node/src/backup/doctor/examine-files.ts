import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Problem } from '@nhip/canonical/problem'
import { checkFreeSpace } from '@nhip/durable/free-space'
import { nodeFileSystem } from '@nhip/durable/node-file-system'
import type { NodeIdentity } from '../../data-folder.ts'
import { openPopulation } from '../../policies/population-folder.ts'
import { Blobs } from '../../records/blobs.ts'
import type { Records } from '../../records/contract.ts'
import { unknownIn } from '../create-backup.ts'
import { filesUnder } from '../parts.ts'
import { restoreFile } from './hints.ts'

/** Who the node is; undefined, with what is wrong, when that cannot be read. */
export async function readNodeId(data: string): Promise<NodeIdentity | Problem> {
  const file = join(data, 'node-id')
  try {
    const node = JSON.parse(await readFile(file, 'utf8')) as NodeIdentity
    const whole = /^[0-9a-f-]{36}$/.test(node.id) && /^(demo|empty)$/.test(node.profile)
    if (whole && Buffer.from(node.secret, 'base64').length === 32) return node
    throw new Error('it is not what a node writes')
  } catch (error) {
    const reason = (error as Error).message
    return {
      severity: 'error',
      code: 'node-id',
      file,
      message: {
        vi: `Tệp "${file}" không đọc được: ${reason}`,
        en: `File "${file}" cannot be read: ${reason}`,
      },
      hint: restoreFile,
    }
  }
}

export async function* examineDisk(data: string): AsyncGenerator<Problem> {
  const { free, total, state } = await checkFreeSpace(nodeFileSystem, data, { refuseShare: 0.05 })
  if (state === 'ok') return
  const left = `${(free / 1024 ** 3).toFixed(1)} / ${(total / 1024 ** 3).toFixed(1)} GiB`
  yield {
    severity: state === 'refuse' ? 'error' : 'warning',
    code: 'disk-full',
    file: data,
    value: left,
    message: {
      vi: state === 'refuse' ? `Ổ đĩa gần đầy (còn ${left}): nút sẽ chỉ đọc.` : `Ổ đĩa sắp đầy: còn ${left}.`,
      en:
        state === 'refuse'
          ? `The disk is nearly full (${left} left): the node will be read-only.`
          : `The disk is filling up: ${left} left.`,
    },
    hint: {
      vi: 'Giải phóng chỗ: xóa bản sao lưu cũ trên ổ này, hoặc chuyển thư mục dữ liệu sang ổ lớn hơn.',
      en: 'Free space: remove old backups from this disk, or move the data folder to a larger one.',
    },
  }
}

/** Evidence files by their hash; those that nobody names are only told. */
export async function* examineBlobs(data: string, records: Records): AsyncGenerator<Problem> {
  const folder = join(data, 'blobs')
  const blobs = new Blobs(folder, join(data, 'tmp'))
  const rows = await records.read((db) => db.selectFrom('blob').select('sha256'))
  const known = new Set(rows.map(({ sha256 }) => sha256))
  for (const sha256 of known) {
    if (await blobs.verify(sha256)) continue
    const file = blobs.path(sha256)
    const there = await blobs.has(sha256)
    yield {
      severity: 'error',
      code: there ? 'blob-changed' : 'blob-missing',
      file,
      message: {
        vi: there ? `Tệp "${file}" không còn đúng với tên của nó (mã băm).` : `Thiếu tệp "${file}".`,
        en: there ? `File "${file}" is not what its name, a hash, says.` : `File "${file}" is missing.`,
      },
      hint: restoreFile,
    }
  }
  let orphans = 0
  for await (const path of filesUnder(folder)) if (!known.has(path.split('/').at(-1) ?? '')) orphans++
  if (orphans > 0)
    yield {
      severity: 'info',
      code: 'blob-orphans',
      file: folder,
      message: {
        vi: `${orphans} tệp trong "${folder}" không được hồ sơ nào nhắc tới: vô hại, do lần tải lên bị ngắt để lại.`,
        en: `${orphans} files in "${folder}" are named by no record: harmless, left by uploads that were cut off.`,
      },
    }
}

/** Synthetic populations by the hashes beside them: each can be made again. */
export async function* examinePopulations(data: string): AsyncGenerator<Problem> {
  const folder = join(data, 'populations')
  for (const name of await readdir(folder).catch(() => [])) {
    if (name.startsWith('.') || name === 'samples') continue
    const dir = join(folder, name)
    const problems = await openPopulation(dir).then(
      (opened) => opened.problems,
      (error: Error & { problem?: Problem }): Problem[] => [
        error.problem ?? {
          severity: 'error',
          code: 'population',
          message: { vi: error.message, en: error.message },
        },
      ],
    )
    const [first] = problems.filter(({ severity }) => severity === 'error')
    if (first)
      yield {
        severity: 'error',
        code: 'population',
        file: dir,
        message: {
          vi: `Dân số tổng hợp "${dir}": ${first.message.vi}`,
          en: `Synthetic population "${dir}": ${first.message.en}`,
        },
        hint: {
          vi: 'Xóa thư mục này: nút sinh lại nó, giống hệt từng bit, khi cần.',
          en: 'Remove this folder: the node makes it again, bit for bit, when it is needed.',
        },
      }
  }
}

export async function* examineStrays(data: string): AsyncGenerator<Problem> {
  for (const name of await unknownIn(data))
    yield {
      severity: 'warning',
      code: 'unknown-file',
      file: join(data, name),
      message: {
        vi: `Chương trình không biết "${join(data, name)}" là gì; bản sao lưu không có nó.`,
        en: `The program does not know what "${join(data, name)}" is; a backup does not hold it.`,
      },
    }
}

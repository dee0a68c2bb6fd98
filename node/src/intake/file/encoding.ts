import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Problem } from '@nhip/canonical/problem'
import type { encodings } from '../contract.ts'

export type Encoding = (typeof encodings)[number]

export type Detected =
  | { encoding: Encoding; problem?: undefined }
  | { encoding?: undefined; problem: Problem }

/** Bytes that are read at once: small enough to keep nobody else waiting while their rows are looked at. */
const pieceSize = 64 * 1024

/**
 * The encoding of a text file: by its byte order mark, else UTF-8 when the whole file is valid, else one of the old
 * Vietnamese code pages by which makes more of its words Vietnamese syllables. TCVN3 and VNI are fonts rather than
 * encodings and are refused by name.
 */
export async function detectEncoding(path: string): Promise<Detected> {
  const head = await firstBytes(path)
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf-16le' }
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: 'utf-16be' }
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: 'utf-8' }
  const zeros = evenAndOddZeros(head)
  if (zeros.odd > head.length / 8 && zeros.even === 0) return { encoding: 'utf-16le' }
  if (zeros.even > head.length / 8 && zeros.odd === 0) return { encoding: 'utf-16be' }
  if (zeros.even + zeros.odd > 0) return { problem: binary() }
  const bad = await firstInvalidUtf8(path)
  return bad === null ? { encoding: 'utf-8' } : oldCodePage(bad)
}

async function firstBytes(path: string): Promise<Uint8Array> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

function evenAndOddZeros(bytes: Uint8Array) {
  let even = 0
  let odd = 0
  for (const [i, byte] of bytes.entries()) {
    if (byte !== 0) continue
    if (i % 2 === 0) even += 1
    else odd += 1
  }
  return { even, odd }
}

/** Null when the whole file is UTF-8, else bytes from the first place that is not. */
async function firstInvalidUtf8(path: string): Promise<Uint8Array | null> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let bad: Uint8Array | null = null
  for await (const chunk of createReadStream(path, { highWaterMark: pieceSize }) as AsyncIterable<Buffer>) {
    if (bad) return Buffer.concat([bad, chunk])
    try {
      decoder.decode(chunk, { stream: true })
    } catch {
      bad = chunk
    }
  }
  if (bad) return bad
  try {
    decoder.decode()
    return null
  } catch {
    return new Uint8Array([0xff])
  }
}

function oldCodePage(bytes: Uint8Array): Detected {
  const latin = Buffer.from(bytes).toString('latin1')
  const candidates = [
    { name: 'windows-1258', share: vietnamese(new TextDecoder('windows-1258').decode(bytes)) },
    { name: 'TCVN3 (ABC)', share: vietnamese(replaceAll(latin, tcvn3)) },
    { name: 'VNI', share: vietnamese(replaceAll(latin, vni)) },
  ].sort((a, b) => b.share - a.share)
  const best = candidates[0]!
  if (best.name === 'windows-1258' || best.share < 0.5) {
    if (best.share >= 0.5) return { encoding: 'windows-1258' }
    return {
      problem: {
        severity: 'error',
        code: 'encoding-unknown',
        message: {
          vi: 'Không nhận ra bảng mã của tệp: không phải UTF-8, UTF-16 hay windows-1258.',
          en: 'The encoding of the file is not recognised: it is not UTF-8, UTF-16 or windows-1258.',
        },
        hint: saveAsUtf8,
      },
    }
  }
  return {
    problem: {
      severity: 'error',
      code: best.name === 'VNI' ? 'encoding-vni' : 'encoding-tcvn3',
      value: best.name,
      message: {
        vi: `Tệp dùng bảng mã ${best.name}, chỉ đọc được bằng phông chữ cũ.`,
        en: `The file is in ${best.name}, which only old fonts can show.`,
      },
      hint: {
        vi: 'Chuyển sang Unicode (UniKey: Ctrl+Shift+F6, nguồn là bảng mã trên, đích là Unicode) rồi lưu dạng CSV UTF-8.',
        en: 'Convert it to Unicode (UniKey toolkit, from that encoding to Unicode), then save as CSV UTF-8.',
      },
    },
  }
}

const saveAsUtf8 = {
  vi: 'Mở tệp bằng phần mềm bảng tính và lưu lại dạng CSV UTF-8, hoặc nêu bảng mã trong ánh xạ.',
  en: 'Open the file in a spreadsheet program and save it as CSV UTF-8, or name the encoding in the mapping.',
}

function binary(): Problem {
  return {
    severity: 'error',
    code: 'not-text',
    message: { vi: 'Tệp không phải là văn bản.', en: 'The file is not text.' },
    hint: saveAsUtf8,
  }
}

const syllable =
  /^(?:ngh|ng|gh|gi|kh|nh|ph|th|tr|ch|qu|[bcdđghklmnpqrstvx])?[aăâeêioôơuưy]{1,3}(?:ch|nh|ng|[cmnpt])?$/

/** Of the words with a letter above ASCII, the share that could be a Vietnamese syllable with at most one tone. */
function vietnamese(text: string): number {
  const words =
    text
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\u00a1-\u00ff]+/gu) ?? []
  let special = 0
  let plausible = 0
  for (const word of words) {
    if (!/[\u0080-\uffff]/.test(word)) continue
    special += 1
    const decomposed = word.normalize('NFD')
    const tones = decomposed.match(/[\u0300\u0301\u0303\u0309\u0323]/g)?.length ?? 0
    if (
      tones <= 1 &&
      syllable.test(decomposed.replace(/[\u0300\u0301\u0303\u0309\u0323]/g, '').normalize('NFC'))
    )
      plausible += 1
  }
  return special === 0 ? 0 : plausible / special
}

/** TCVN 5712:1993 VN3, lower case and the upper-case letters without tone (with tone they share the lower-case bytes). */
const tcvn3 = table(
  '¡Ă ¢Â £Ê ¤Ô ¥Ơ ¦Ư §Đ ¨ă ©â ªê «ô ¬ơ \u00adư ®đ µà ¶ả ·ã ¸á ¹ạ »ằ ¼ẳ ½ẵ ¾ắ Æặ Çầ Èẩ Éẫ Êấ Ëậ Ìè Îẻ Ïẽ Ðé Ñẹ Òề Óể Ôễ Õế Öệ ×ì Øỉ Üĩ Ýí Þị ßò áỏ âõ ãó äọ åồ æổ çỗ èố éộ êờ ëở ìỡ íớ îợ ïù ñủ òũ óú ôụ õừ öử ÷ữ øứ ùự úỳ ûỷ üỹ ýý þỵ',
)

/** VNI for Windows: a letter followed by a byte that is its mark; some letters have bytes of their own. */
const vni = table(
  'aùá aøà aûả aõã aïạ aââ aáấ aàầ aåẩ aãẫ aäậ aêă aéắ aèằ aúẳ aüẵ aëặ eùé eøè eûẻ eõẽ eïẹ eâê eáế eàề eåể eãễ eäệ ií oùó oøò oûỏ oõõ oïọ oâô oáố oàồ oåổ oãỗ oäộ ôùớ ôøờ ôûở ôõỡ ôïợ ôơ uùú uøù uûủ uõũ uïụ öùứ öøừ öûử öõữ öïự öư yùý yøỳ yûỷ yõỹ îỵ ñđ æỉ óĩ òị',
)

/** `aùá` = the two characters before the last become the last. Longest first, so that `ôù` wins over `ô`. */
function table(text: string): [string, string][] {
  return text
    .split(' ')
    .map((item): [string, string] => [item.slice(0, -1), item.slice(-1)])
    .sort((a, b) => b[0].length - a[0].length)
}

function replaceAll(text: string, pairs: [string, string][]): string {
  const lower = new Map(pairs)
  const pattern = new RegExp(pairs.map(([from]) => from).join('|'), 'gi')
  return text.replace(pattern, (found) => lower.get(found) ?? lower.get(found.toLowerCase()) ?? found)
}

/** Decodes a file of a known encoding as a stream of NFC text. */
export async function* decodedText(path: string, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true })
  // Marks may be characters of their own, which the end of a chunk must not cut from their letter.
  let held = ''
  for await (const chunk of createReadStream(path, { highWaterMark: pieceSize }) as AsyncIterable<Buffer>) {
    const text = held + decoder.decode(chunk, { stream: true })
    let cut = Math.max(0, text.length - 1)
    while (cut > 0 && /[\p{M}\p{Cs}]/u.test(text.charAt(cut))) cut -= 1
    held = text.slice(cut)
    yield text.slice(0, cut).normalize('NFC')
  }
  yield (held + decoder.decode()).normalize('NFC')
}

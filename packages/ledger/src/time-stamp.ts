import { createHash, randomBytes, verify as verifyBytes, X509Certificate } from 'node:crypto'
import {
  childrenOf,
  type Der,
  DerError,
  der,
  derInteger,
  derOid,
  integerOf,
  oidOf,
  readDer,
  TAG,
  timeOf,
} from './der.ts'

/** Time stamps after RFC 3161: that a hash existed at a time, by the word of an authority. */

const OID = {
  sha256: '2.16.840.1.101.3.4.2.1',
  signedData: '1.2.840.113549.1.7.2',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  extendedKeyUsage: '2.5.29.37',
  timeStamping: '1.3.6.1.5.5.7.3.8',
} as const

const DIGESTS: Record<string, string> = {
  [OID.sha256]: 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}

export type TimeStampFault =
  /** Not a time stamp at all, or not readable. */
  | 'malformed'
  /** The authority refused. */
  | 'refused'
  /** Stamps another hash. */
  | 'wrong-imprint'
  /** Answers another request. */
  | 'wrong-nonce'
  | 'bad-signature'
  /** The certificate is not one for time stamps, not valid at that time, or does not lead to a trusted one. */
  | 'untrusted'

export class TimeStampError extends Error {
  override name = 'TimeStampError'
  readonly fault: TimeStampFault

  constructor(fault: TimeStampFault, message: string) {
    super(message)
    this.fault = fault
  }
}

/** The hash that is stamped for a head: of the note's text without signatures, so that later cosignatures change nothing. */
export function headImprint(noteText: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(noteText).digest())
}

export interface TimeStampRequest {
  imprint: Uint8Array
  nonce: bigint
  /** What is sent, `application/timestamp-query`. */
  bytes: Uint8Array
}

/** A request with a fresh nonce that asks for the authority's certificate. */
export function timeStampRequest(imprint: Uint8Array): TimeStampRequest {
  if (imprint.length !== 32) throw new RangeError(`invalid imprint: ${imprint.length} bytes, want 32`)
  const nonce = BigInt(`0x${randomBytes(16).toString('hex')}`)
  const bytes = der(
    TAG.SEQUENCE,
    derInteger(1n),
    messageImprint(imprint),
    derInteger(nonce),
    der(TAG.BOOLEAN, Uint8Array.of(0xff)),
  )
  return { imprint, nonce, bytes }
}

function messageImprint(imprint: Uint8Array): Uint8Array {
  return der(
    TAG.SEQUENCE,
    der(TAG.SEQUENCE, derOid(OID.sha256), der(TAG.NULL)),
    der(TAG.OCTET_STRING, imprint),
  )
}

export interface TimeStamp {
  /** Milliseconds since 1970, by the authority's clock. */
  time: number
  serial: bigint
  policy: string
  nonce: bigint | null
  imprint: Uint8Array
  /** Certificates that came with it, the signer's first. */
  certificates: X509Certificate[]
}

/**
 * Checks an authority's answer: granted, for this imprint and nonce, signed by a certificate made for time stamps
 * that leads to one of the anchors and was valid at the stamped time.
 * @throws {TimeStampError} with the fault
 */
export function checkTimeStamp(
  response: Uint8Array,
  want: { imprint: Uint8Array; nonce?: bigint; anchors: readonly X509Certificate[] },
): TimeStamp {
  try {
    const token = readResponse(response)
    const { stamp } = token
    if (Buffer.compare(stamp.imprint, want.imprint) !== 0)
      throw new TimeStampError('wrong-imprint', 'the stamp is for another hash')
    if (want.nonce !== undefined && stamp.nonce !== want.nonce)
      throw new TimeStampError('wrong-nonce', 'the stamp answers another request')
    const signer = signerOf(token)
    checkSignature(token, signer)
    checkPurpose(signer)
    checkChain(signer, stamp, want.anchors)
    return { ...stamp, certificates: [signer, ...stamp.certificates.filter((item) => item !== signer)] }
  } catch (error) {
    if (error instanceof TimeStampError) throw error
    // Whatever a stranger sends, the reader's own errors and those of OpenSSL say the same: it is no time stamp.
    throw new TimeStampError('malformed', `not a time stamp: ${(error as Error).message}`)
  }
}

interface Token {
  stamp: TimeStamp
  content: Uint8Array
  signer: { serial: bigint; digest: string; attributes: Der; signature: Uint8Array }
}

function readResponse(bytes: Uint8Array): Token {
  const [status, contentInfo] = childrenOf(expect(readDer(bytes), TAG.SEQUENCE))
  const code = integerOf(childrenOf(expect(status, TAG.SEQUENCE))[0])
  // 0 granted, 1 granted with modifications.
  if (code !== 0n && code !== 1n)
    throw new TimeStampError('refused', `the authority answered with status ${code}`)
  const [type, wrapped] = childrenOf(expect(contentInfo, TAG.SEQUENCE))
  if (oidOf(type) !== OID.signedData) throw new DerError('not signed data')
  return readSignedData(childrenOf(expect(wrapped, 0xa0))[0])
}

function readSignedData(value: Der | undefined): Token {
  const parts = childrenOf(expect(value, TAG.SEQUENCE))
  const [, , encapsulated] = parts
  const [contentType, wrapped] = childrenOf(expect(encapsulated, TAG.SEQUENCE))
  if (oidOf(contentType) !== OID.tstInfo) throw new DerError('the content is not a time stamp')
  const content = expect(childrenOf(expect(wrapped, 0xa0))[0], TAG.OCTET_STRING).content
  const certificates = childrenOf(
    parts.find((part) => part.tag === 0xa0) ?? {
      tag: 0xa0,
      content: new Uint8Array(),
      bytes: new Uint8Array(),
    },
  )
    .filter((part) => part.tag === TAG.SEQUENCE)
    .map((part) => new X509Certificate(part.bytes))
  const signers = childrenOf(expect(parts.at(-1), TAG.SET))
  if (signers.length !== 1) throw new DerError(`${signers.length} signers, want one`)
  return { stamp: { ...readInfo(content), certificates }, content, signer: readSigner(signers[0]) }
}

function readInfo(content: Uint8Array): Omit<TimeStamp, 'certificates'> {
  const [version, policy, imprint, serial, time, ...optional] = childrenOf(
    expect(readDer(content), TAG.SEQUENCE),
  )
  if (integerOf(version) !== 1n) throw new DerError('a time stamp of another version')
  const [algorithm, hash] = childrenOf(expect(imprint, TAG.SEQUENCE))
  if (oidOf(childrenOf(expect(algorithm, TAG.SEQUENCE))[0]) !== OID.sha256)
    throw new DerError('an imprint that is not SHA-256')
  const nonce = optional.find((part) => part.tag === TAG.INTEGER)
  return {
    time: timeOf(time),
    serial: integerOf(serial),
    policy: oidOf(policy),
    nonce: nonce ? integerOf(nonce) : null,
    imprint: new Uint8Array(expect(hash, TAG.OCTET_STRING).content),
  }
}

function readSigner(value: Der | undefined): Token['signer'] {
  const [, identifier, digest, attributes, , signature] = childrenOf(expect(value, TAG.SEQUENCE))
  const [, serial] = childrenOf(expect(identifier, TAG.SEQUENCE))
  const name = DIGESTS[oidOf(childrenOf(expect(digest, TAG.SEQUENCE))[0])]
  if (!name) throw new DerError('a digest that is not SHA-2')
  return {
    serial: integerOf(serial),
    digest: name,
    attributes: expect(attributes, 0xa0),
    signature: expect(signature, TAG.OCTET_STRING).content,
  }
}

function signerOf({ stamp, signer }: Token): X509Certificate {
  const found = stamp.certificates.find((item) => BigInt(`0x${item.serialNumber}`) === signer.serial)
  if (!found) throw new TimeStampError('untrusted', "the signer's certificate is not in the stamp")
  return found
}

function checkSignature({ content, signer }: Token, certificate: X509Certificate): void {
  const attributes = new Map(
    childrenOf(signer.attributes).map((attribute) => {
      const [type, values] = childrenOf(attribute)
      return [oidOf(type), childrenOf(expect(values, TAG.SET))[0]]
    }),
  )
  const digest = attributes.get(OID.messageDigest)?.content
  const type = attributes.get(OID.contentType)
  const own = createHash(signer.digest).update(content).digest()
  // What is signed is the set itself, not the implicit tag under which it travels (RFC 5652 §5.4).
  const signed = der(TAG.SET, signer.attributes.content)
  const good =
    digest !== undefined &&
    Buffer.compare(digest, own) === 0 &&
    type !== undefined &&
    oidOf(type) === OID.tstInfo &&
    verifyBytes(signer.digest, signed, certificate.publicKey, signer.signature)
  if (!good) throw new TimeStampError('bad-signature', 'the signature does not fit the stamp')
}

/** RFC 3161 §2.3: the certificate has the purpose time stamping, alone, and marked critical. */
function checkPurpose(certificate: X509Certificate): void {
  const [tbs] = childrenOf(readDer(new Uint8Array(certificate.raw)))
  const extensions = childrenOf(expect(tbs, TAG.SEQUENCE)).find((part) => part.tag === 0xa3)
  const all = extensions ? childrenOf(childrenOf(extensions)[0] as Der) : []
  const usage = all.map(childrenOf).find(([id]) => oidOf(id) === OID.extendedKeyUsage)
  const critical = usage?.length === 3 && usage[1]?.tag === TAG.BOOLEAN && usage[1].content[0] === 0xff
  const purposes = usage ? childrenOf(readDer((usage.at(-1) as Der).content)).map(oidOf) : []
  if (!critical || purposes.length !== 1 || purposes[0] !== OID.timeStamping) {
    throw new TimeStampError('untrusted', 'the certificate is not made for time stamps alone')
  }
}

const MAX_CHAIN = 6

function checkChain(signer: X509Certificate, stamp: TimeStamp, anchors: readonly X509Certificate[]): void {
  const validThen = (certificate: X509Certificate) =>
    stamp.time >= Date.parse(certificate.validFrom) && stamp.time <= Date.parse(certificate.validTo)
  let current = signer
  for (let step = 0; step < MAX_CHAIN; step++) {
    if (!validThen(current))
      throw new TimeStampError('untrusted', `the certificate of ${current.subject} was not valid then`)
    if (anchors.some((anchor) => Buffer.compare(anchor.raw, current.raw) === 0)) return
    const issuedBy = (item: X509Certificate) =>
      item.ca && current.checkIssued(item) && current.verify(item.publicKey)
    const next =
      anchors.find(issuedBy) ?? stamp.certificates.find((item) => item !== current && issuedBy(item))
    if (!next) break
    current = next
  }
  throw new TimeStampError('untrusted', 'the certificate does not lead to a trusted one')
}

function expect(value: Der | undefined, tag: number): Der {
  if (value?.tag !== tag)
    throw new DerError(`want tag ${tag.toString(16)}, got ${value?.tag.toString(16) ?? 'nothing'}`)
  return value
}

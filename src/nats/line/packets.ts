/*
 * What two nodes send each other over NATS: packets of one line. All numbers are big-endian.
 *
 *     kind (1 byte) | the sender's number of the line (4) | the receiver's (4) | DATA: which packet this is; BEAT: how many there were (8) | how many have come (8) | the rest
 *
 * The rest of DATA are bytes of the stream of frames. The rest of BEAT and AGAIN is the name of the sender's node.
 */

/** DATA: a part of the stream. BEAT: what each side has sent and has got. AGAIN: the same, and a request to send the rest again. ASK: the same, and a request for BEAT. */
export const Kind = { DATA: 1, BEAT: 2, AGAIN: 3, ASK: 4 } as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

export const HEADER_BYTES = 25;
const GOT_AT = 17;

export interface Packet {
  readonly kind: Kind;
  /** The sender's number of the line: another one for each time that the line begins. */
  readonly theirs: number;
  /** The receiver's, as far as the sender knows it; 0: it does not. */
  readonly ours: number;
  /** DATA: 1 for the first packet. Otherwise the number of packets that were sent. */
  readonly sent: number;
  /** How many packets of the other direction have come, in order. */
  readonly got: number;
  readonly rest: Uint8Array;
}

/** @returns Undefined: these bytes are something else. */
export function readPacket(bytes: Uint8Array): Packet | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  const kind = view.getUint8(0);
  if (kind !== Kind.DATA && kind !== Kind.BEAT && kind !== Kind.AGAIN && kind !== Kind.ASK) return undefined;
  return {
    kind,
    theirs: view.getUint32(1),
    ours: view.getUint32(5),
    sent: view.getFloat64(9),
    got: view.getFloat64(GOT_AT),
    rest: bytes.subarray(HEADER_BYTES),
  };
}

/** @returns The packet; the rest, of this length, is to be written. */
export function packetFor(kind: Kind, own: number, other: number, sent: number, got: number, restBytes: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + restBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  view.setUint8(0, kind);
  view.setUint32(1, own);
  view.setUint32(5, other);
  view.setFloat64(9, sent);
  view.setFloat64(GOT_AT, got);
  return bytes;
}

/** Before a packet is sent again. */
export function noteGot(packet: Uint8Array, got: number): void {
  new DataView(packet.buffer, packet.byteOffset, HEADER_BYTES).setFloat64(GOT_AT, got);
}

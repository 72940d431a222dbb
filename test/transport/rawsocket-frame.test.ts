import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  FrameError,
  FrameParser,
  FrameType,
  handshake,
  parseHandshake,
  Refusal,
  refuseHandshake,
  serializerId,
  writePrefix,
} from '../../src/transport/rawsocket-frame.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const text = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

/** What a parser with this limit makes of these chunks: `type:payload`, and what it threw. */
function parse(chunks: readonly Uint8Array[], maxBytes = 2 ** 20): { frames: string[]; error: FrameError | undefined } {
  const frames: string[] = [];
  const parser = new FrameParser(maxBytes, (type, payload) => frames.push(`${type}:${text(payload)}`));
  try {
    for (const chunk of chunks) parser.push(chunk);
  } catch (error) {
    expect(error).toBeInstanceOf(FrameError);
    return { frames, error: error as FrameError };
  }
  return { frames, error: undefined };
}

describe('a handshake', () => {
  it.each([
    [512, 1, '7f010000'],
    [1, 1, '7f010000'],
    [513, 2, '7f120000'],
    [65536, 3, '7f730000'],
    [1_000_000, 1, '7fb10000'],
    [2 ** 24, 1, '7ff10000'],
    [2 ** 40, 1, '7ff10000'],
  ])('[C82] [R81] for %i bytes and serializer %i is %s', (maxBytes, serializer, octets) => {
    expect(text(handshake(maxBytes, serializer))).toBe(octets);
  });

  it('[C82] [R81] is read as it was written, at either end', () => {
    for (let code = 0; code < 16; code++) {
      const maxBytes = 2 ** (9 + code);
      expect(parseHandshake(handshake(maxBytes, 2))).toMatchObject({ maxBytes, serializer: 2, usesReserved: false });
    }
    expect(parseHandshake(bytes('7f810001')).usesReserved).toBe(true);
    expect(parseHandshake(bytes('7f810100')).usesReserved).toBe(true);
  });

  it('[C82] [R81] that refuses has no serializer, and gives the reason', () => {
    expect(Object.values(Refusal).map((refusal) => text(refuseHandshake(refusal)))).toEqual([
      '7f100000',
      '7f200000',
      '7f300000',
      '7f400000',
    ]);
    expect(parseHandshake(refuseHandshake(Refusal.CONNECTIONS))).toMatchObject({ serializer: 0, refusal: 4 });
  });

  it('[C82] [R81] has an id for each of WAMP’s serializers, and for no other', () => {
    const names = ['json', 'msgpack', 'cbor', 'ubjson', 'flatbuffers', 'constructor', ''];
    expect(names.map((name) => serializerId({ name }))).toEqual([1, 2, 3, 4, 5, undefined, undefined]);
  });
});

describe('the prefix of a frame', () => {
  it.each([
    [FrameType.MESSAGE, 0, '00000000'],
    [FrameType.MESSAGE, 0x010203, '00010203'],
    [FrameType.PING, 5, '01000005'],
    [FrameType.PONG, 2 ** 24 - 1, '02ffffff'],
    [FrameType.MESSAGE, 2 ** 24, '08000000'],
    [FrameType.PONG, 2 ** 24, '0a000000'],
  ])('[C82] [R81] of type %i and %i bytes is %s', (type, length, octets) => {
    const target = new Uint8Array(4);
    writePrefix(target, type, length);
    expect(text(target)).toBe(octets);
  });
});

describe('the parser', () => {
  const stream = bytes('00000003 616263  01000000  02000002 7071  00000000  00000001 7a');
  const frames = ['0:616263', '1:', '2:7071', '0:', '0:7a'];

  it('[C82] [R81] parses many frames of one write', () => {
    expect(parse([stream])).toEqual({ frames, error: undefined });
  });

  it('[C82] [R81] parses a frame that spans several writes', () => {
    expect(parse([bytes('0000'), bytes('0003 61'), bytes('62'), bytes('63 00')]).frames).toEqual(['0:616263']);
  });

  it('[C82] [R81] parses a stream that comes octet by octet', () => {
    expect(parse([...stream].map((octet) => Uint8Array.of(octet)))).toEqual({ frames, error: undefined });
  });

  it('[C82] [R81] finds the same frames, however the stream is cut', () => {
    const payload = fc.uint8Array({ maxLength: 40 });
    const frame = fc.tuple(fc.constantFrom(...Object.values(FrameType)), payload);
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 12 }), (sent, cuts) => {
        const whole = Buffer.concat(
          sent.map(([type, body]) => {
            const prefix = new Uint8Array(4);
            writePrefix(prefix, type, body.length);
            return Buffer.concat([prefix, body]);
          }),
        );
        const at = [0, ...cuts.map((cut) => cut % (whole.length + 1)).sort((a, b) => a - b), whole.length];
        const chunks = at.slice(1).map((end, i) => Uint8Array.from(whole.subarray(at[i], end)));
        expect(parse(chunks).frames).toEqual(sent.map(([type, body]) => `${type}:${text(body)}`));
      }),
    );
  });

  it('[C82] [R81] accepts exactly 2^24 octets with the 25th bit, if the limit allows it', () => {
    const found: [number, number][] = [];
    const parser = new FrameParser(2 ** 24, (type, payload) => found.push([type, payload.length]));
    parser.push(bytes('08000000'));
    for (let i = 0; i < 256; i++) parser.push(new Uint8Array(2 ** 16));
    parser.push(bytes('00000001 ff'));
    expect(found).toEqual([
      [0, 2 ** 24],
      [0, 1],
    ]);
    expect(parse([bytes('08000000')], 2 ** 24 - 1).error?.message).toBe(
      'expected a frame of at most 16777215 bytes, got one of 16777216',
    );
  });

  it('[C82] [R81] never accepts more than 2^24, whatever its limit', () => {
    expect(parse([bytes('08000001')], Number.POSITIVE_INFINITY).error).toBeInstanceOf(FrameError);
  });

  it.each(['00', '01', '02'])('[C82] [R81] refuses a frame of type %s that is too long by its prefix alone', (type) => {
    expect(parse([bytes(`${type}000008 6162636465666768`)], 8).frames).toHaveLength(1);
    const { frames: found, error } = parse([bytes(`${type}000009`)], 8);
    expect(found).toEqual([]);
    expect(error).toMatchObject({
      uri: 'wamp.error.payload_size_exceeded',
      message: 'expected a frame of at most 8 bytes, got one of 9',
    });
  });

  it.each([
    ['10000000', 'expected reserved bits of a frame to be zero, got 0x10'],
    ['80000001 00', 'expected reserved bits of a frame to be zero, got 0x80'],
    ['7ff10000', 'expected reserved bits of a frame to be zero, got 0x7f'],
    ['03000000', 'expected a message, PING or PONG, got a frame of reserved type 3'],
    ['07000001 00', 'expected a message, PING or PONG, got a frame of reserved type 7'],
    ['08000001', 'expected the other bits of a length with the 25th to be zero, got 1'],
  ])('[C82] [R81] refuses %s: %s', (octets, message) => {
    expect(parse([bytes(`00000001 61 ${octets}`)])).toMatchObject({
      frames: ['0:61'],
      error: { uri: 'wamp.error.protocol_violation', message },
    });
  });

  it('accepts nothing more after a refusal', () => {
    const found: number[] = [];
    const parser = new FrameParser(8, (type) => found.push(type));
    expect(() => parser.push(bytes('ff'.repeat(4)))).toThrow(FrameError);
    parser.push(bytes('00000001 61'));
    expect(found).toEqual([]);
  });

  it('allocates no memory for a length alone', () => {
    const before = process.memoryUsage().arrayBuffers;
    const parsers = Array.from({ length: 100 }, () => new FrameParser(2 ** 24, () => {}));
    for (const parser of parsers) parser.push(bytes('00ffffff 00'));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
  });
});

/* Golden bytes of our own: what goes out on the wire for messages that the specification's vectors leave out. A change here is a break. */
import { json } from 'autostrada';
import { cbor } from 'autostrada/cbor';
import { msgpack } from 'autostrada/msgpack';
import { describe, expect, it } from 'vitest';
import { parseMessage } from '../../src/protocol/codec.ts';
import type { Message } from '../../src/protocol/messages.ts';
import { clientInbound, type Inbound, routerInbound } from '../../src/protocol/rows.ts';
import { toWire } from '../fixtures/wire.ts';

const both: Inbound<Message> = new Map<unknown, never>([...clientInbound, ...routerInbound] as never);

const golden: readonly [what: string, message: Message, text: string, hex: string, cbor: string][] = [
  [
    'CALL with keywords and without arguments',
    { type: 48, request: 1, options: { receive_progress: true }, procedure: 'a.b', args: [], kwargs: { n: 1.5 } },
    '[48,1,{"receive_progress":true},"a.b",[],{"n":1.5}]',
    '96300181b0726563656976655f70726f6772657373c3a3612e629081a16ecb3ff8000000000000',
    '86183001a170726563656976655f70726f6772657373f563612e6280a1616efb3ff8000000000000',
  ],
  [
    'WELCOME with the largest id',
    { type: 2, session: 2 ** 53, details: { roles: { broker: {} } } },
    '[2,9007199254740992,{"roles":{"broker":{}}}]',
    '9302cf002000000000000081a5726f6c657381a662726f6b657280',
    '83021b0020000000000000a165726f6c6573a16662726f6b6572a0',
  ],
  [
    'EVENT with bytes and a large negative integer',
    { type: 36, subscription: 1, publication: 2 ** 32, details: {}, args: [Uint8Array.of(1, 2), -(2 ** 40)], kwargs: undefined },
    '[36,1,4294967296,{},["\\u0000AQI=",-1099511627776]]',
    '952401cf00000001000000008092c4020102d3ffffff0000000000',
    '851824011b0000000100000000a0824201023b000000ffffffffff',
  ],
  [
    'ABORT with a text that is not ASCII',
    { type: 3, details: { message: 'né' }, reason: 'a.b', args: undefined, kwargs: undefined },
    '[3,{"message":"né"},"a.b"]',
    '930381a76d657373616765a36ec3a9a3612e62',
    '8303a1676d657373616765636ec3a963612e62',
  ],
  [
    'UNSUBSCRIBED of a revocation',
    { type: 35, request: 0, details: { subscription: 5 } },
    '[35,0,{"subscription":5}]',
    '93230081ac737562736372697074696f6e05',
    '83182300a16c737562736372697074696f6e05',
  ],
  [
    'RESULT without payload',
    { type: 50, request: 200, details: { progress: true }, args: undefined, kwargs: undefined },
    '[50,200,{"progress":true}]',
    '9332ccc881a870726f6772657373c3',
    '83183218c8a16870726f6772657373f5',
  ],
];

describe('the bytes', () => {
  it.each(golden)('of %s are the same in JSON, MessagePack and CBOR, written and read [C85]', (_, message, ...frames) => {
    for (const [i, serializer] of [json(), msgpack(), cbor()].entries()) {
      const frame = serializer.encode(toWire(message));
      expect(typeof frame === 'string' ? frame : Buffer.from(frame).toString('hex')).toBe(frames[i]);
      expect(parseMessage(serializer.decode(frame), both)).toEqual(message);
    }
  });
});

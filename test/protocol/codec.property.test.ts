import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtocolError } from '../../src/base/errors.ts';
import { parseMessage } from '../../src/protocol/codec.ts';
import { cbor } from '../../src/serializer/cbor.ts';
import { json } from '../../src/serializer/json.ts';
import { msgpack } from '../../src/serializer/msgpack.ts';
import { toWire } from '../fixtures/wire.ts';
import { arbitraryMessages } from './arbitrary-messages.ts';
import { everyInbound, inbounds } from './forms.ts';

const names = Object.entries(arbitraryMessages);
const anyMessage = fc.oneof(...names.map(([, arbitrary]) => arbitrary));

/** JSON has no -0. */
const roundTripped = (list: readonly unknown[]): unknown => JSON.parse(JSON.stringify(list));

describe('any message', () => {
  it.each(names)('%s is the same after it was on the wire', (_, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, (message) => {
        expect(parseMessage(toWire(message), everyInbound)).toEqual(message);
      }),
      { numRuns: 40 },
    );
  });

  it.each([json(), msgpack(), cbor()])('is the same after a frame of $name', (serializer) => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const list = toWire(message);
        const plain = roundTripped(list) as unknown[];
        // Of what the payload model leaves out, only this can be in such a message.
        fc.pre(!JSON.stringify(list).includes('__proto__'));
        expect(roundTripped(serializer.decode(serializer.encode(list)))).toEqual(plain);
      }),
      { numRuns: 200 },
    );
  });

  it('comes from any list, or a ProtocolError does, and nothing else [C11] [R10]', () => {
    const element = fc.oneof(fc.anything(), fc.constantFrom(1, 2, 3, 'a.b', {}, [], 2 ** 53, null));
    const code = fc.oneof(fc.constantFrom(...everyInbound.keys()), fc.anything());
    const list = fc.tuple(code, fc.array(element, { maxLength: 7 })).map(([first, rest]) => [first, ...rest]);
    fc.assert(
      fc.property(fc.oneof(list, fc.anything()), fc.constantFrom('client' as const, 'router' as const), (value, receiver) => {
        try {
          const message = parseMessage(value, inbounds[receiver]);
          expect(toWire(message)[0]).toBe((value as unknown[])[0]);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

import { describe, expect, it } from 'vitest';
import { ProtocolError } from '../../src/base/errors.ts';
import { parseMessage } from '../../src/protocol/codec.ts';
import { toWire } from '../fixtures/wire.ts';
import { everyInbound, type Form, forms, inbounds, type List, type Receiver, revocations } from './forms.ts';

const both: readonly Receiver[] = ['client', 'router'];
const parse = (list: unknown) => parseMessage(list, everyInbound);

/** What the codec says to a list that it refuses. */
function complaint(list: unknown, receiver?: Receiver): string {
  try {
    parseMessage(list, receiver ? inbounds[receiver] : everyInbound);
  } catch (error) {
    expect(error).toBeInstanceOf(ProtocolError);
    return (error as ProtocolError).message;
  }
  throw new Error(`expected ${JSON.stringify(list)} to be refused`);
}

const longest = ({ lists }: Form): List => lists[lists.length - 1]!;
const shortest = ({ lists }: Form): List => lists[0]!;
const replaced = (list: List, index: number, value: unknown): List => list.map((each, i) => (i === index ? value : each));

describe('the codec', () => {
  it('knows 25 messages', () => {
    expect(forms).toHaveLength(25);
    expect([...everyInbound.keys()].sort()).toEqual(forms.map(({ code }) => code).sort());
  });

  describe.each(forms)('$name', (form) => {
    it.each(form.lists.map((list) => ({ list, length: list.length })))(
      'is the same after it was on the wire with $length elements',
      ({ list }) => {
        expect(toWire(parse(list))).toEqual(list);
      },
    );

    it('is accepted by its receivers and by nobody else [C11] [R05]', () => {
      for (const receiver of both) {
        if (form.receivers.includes(receiver)) expect(parseMessage(longest(form), inbounds[receiver]).type).toBe(form.code);
        else expect(complaint(longest(form), receiver)).toBe(`expected a message that this side may receive, got ${form.name}`);
      }
    });

    it('is refused when it is too short or too long [C11] [R10]', () => {
      for (let length = 1; length < shortest(form).length; length++) {
        expect(complaint(shortest(form).slice(0, length))).toMatch(new RegExp(`^expected ${form.name} with .*, got ${length}$`));
      }
      // Two more than the table has: UNSUBSCRIBE and UNREGISTER take Autobahn's options, their answers the details of a revocation.
      const tooLong = [...longest(form), {}, {}];
      expect(complaint(tooLong)).toMatch(new RegExp(`^expected ${form.name} with .*, got ${tooLong.length}$`));
    });

    it('is refused with a wrong type in any element, which the error names [C11] [R10]', () => {
      const list = longest(form);
      for (let i = 1; i < list.length; i++) {
        for (const wrong of wrongOnes(list[i])) {
          expect(complaint(replaced(list, i, wrong))).toMatch(new RegExp(`^expected ${form.name}\\.\\w+ to be an? .*, got `));
        }
      }
    });
  });
});

const bytes = new Uint8Array([1, 2]);

function wrongOnes(right: unknown): unknown[] {
  if (typeof right === 'string') return [1, true, null, undefined, [], {}, bytes];
  if (typeof right === 'number') return ['1', true, null, undefined, [], {}, -1, 1.5, Number.NaN, 2 ** 53 + 2, 1n, bytes];
  if (Array.isArray(right)) return [1, 'a', true, {}, bytes];
  return [1, 'a', true, [], bytes];
}

describe('a payload', () => {
  const withPayload = forms.filter(({ lists }) => lists.length === 3);

  it('belongs to seven messages of the basic profile and to ABORT', () => {
    expect(withPayload.map(({ name }) => name)).toEqual([
      'ABORT',
      'ERROR',
      'PUBLISH',
      'EVENT',
      'CALL',
      'RESULT',
      'INVOCATION',
      'YIELD',
    ]);
  });

  it.each(withPayload)('of $name may be null, which means absent', (form) => {
    const plain = parse(shortest(form));
    expect(parse([...shortest(form), null])).toEqual(plain);
    expect(parse([...shortest(form), null, null])).toEqual(plain);
    expect(parse([...shortest(form), null, { a: 1 }])).toEqual({ ...plain, kwargs: { a: 1 } });
  });

  it.each(withPayload)('of $name is left out when it is empty, and may come empty [C14]', (form) => {
    const plain = shortest(form);
    expect(toWire(parse([...plain, []]))).toEqual(plain);
    expect(toWire(parse([...plain, [], {}]))).toEqual(plain);
    expect(toWire(parse([...plain, [1], {}]))).toEqual([...plain, [1]]);
    expect(toWire(parse([...plain, [], { a: 1 }]))).toEqual([...plain, [], { a: 1 }]);
    expect(toWire({ ...parse(plain), kwargs: { a: 1 } } as ReturnType<typeof parse>)).toEqual([...plain, [], { a: 1 }]);
  });

  it('may not be just bytes, which Autobahn sends for encrypted ones', () => {
    expect(complaint([36, 1, 2, { enc_algo: 'cryptobox' }, bytes])).toBe('expected EVENT.args to be a list, got 2 bytes');
  });
});

describe('a special form', () => {
  it.each(revocations)('is a revocation with request 0 (code %i)', (...list) => {
    expect(toWire(parse(list))).toEqual(list);
    expect(parse(list)).toMatchObject({ request: 0, details: list[2] });
  });

  it.each([[34], [66]])('has a fourth element, which Autobahn adds to %i and we drop', (code) => {
    expect(toWire(parse([code, 1, 2, { forward_for: [] }]))).toEqual([code, 1, 2]);
    expect(complaint([code, 1, 2, 'no dict'])).toContain('options');
  });

  it('allows 0 in no other request', () => {
    for (const list of [
      [17, 0, 1],
      [33, 0, 1],
      [50, 0, {}],
      [48, 0, {}, 'a.b'],
    ])
      expect(complaint(list)).toContain('to be an id from 1 to 2^53, got 0');
  });
});

describe('a value that is not a message', () => {
  it.each([
    ['null', null, 'expected a message, which is a list, got null'],
    ['a string', 'HELLO', 'expected a message, which is a list, got "HELLO"'],
    ['a dict', { 0: 1 }, 'expected a message, which is a list, got {"0":1}'],
    ['bytes', bytes, 'expected a message, which is a list, got 2 bytes'],
    ['an empty list', [], 'expected a message, got an empty list'],
    ['an unknown code', [7, 1], 'expected a message code of WAMP, got 7'],
    ['a code as a string', ['48', 1, {}, 'a.b'], 'expected a message code of WAMP, got "48"'],
    ['a code as a boolean', [true, 'realm1', {}], 'expected a message code of WAMP, got true'],
    ['a list for a code', [[1]], 'expected a message code of WAMP, got [1]'],
    ['a dict for a code', [{ a: 1 }], 'expected a message code of WAMP, got {"a":1}'],
    ['a dict that has no text', [{ toString: 1, valueOf: 2 }], 'expected a message code of WAMP, got {"toString":1,"valueOf":2}'],
    ['a dict without prototype', [Object.create(null)], 'expected a message code of WAMP, got {}'],
    ['nothing for a code', [undefined, 1], 'expected a message code of WAMP, got nothing'],
  ])('is refused: %s [C11] [R10]', (_, list, text) => {
    for (const receiver of both) expect(complaint(list, receiver)).toBe(text);
  });

  it('is refused however deep it is [C11] [R10]', () => {
    let deep: unknown[] = [];
    for (let i = 0; i < 200_000; i++) deep = [deep];
    expect(complaint(deep)).toBe('expected a message code of WAMP, got object');
    expect(complaint([48, deep, {}, 'a.b'])).toBe('expected CALL.request to be an id from 1 to 2^53, got object');
  });
});

describe('an id', () => {
  it.each([1, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53])('can be %d [C12]', (id) => {
    expect(toWire(parse([33, id, id]))).toEqual([33, id, id]);
  });

  it.each([0, -1, 1.5, 2 ** 53 + 2, Infinity, Number.NaN])('cannot be %d', (id) => {
    expect(complaint([33, 1, id])).toMatch(/^expected SUBSCRIBED\.subscription to be an id from 1 to 2\^53, got /);
  });
});

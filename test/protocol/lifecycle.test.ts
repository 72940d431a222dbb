import { describe, expect, it } from 'vitest';
import { type Direction, nextState, type State } from '../../src/protocol/lifecycle.ts';
import { Code } from '../../src/protocol/messages.ts';

type Name = keyof typeof Code;
type Move = readonly [from: State, direction: Direction | 'either', message: Name, to: State];

/** WAMP "Session Lifetime", the state chart: every move that changes the state, and none else does. */
const moves: readonly Move[] = [
  ['closed', 'either', 'HELLO', 'joining'],
  ['joining', 'either', 'WELCOME', 'established'],
  ['joining', 'either', 'CHALLENGE', 'challenging'],
  ['challenging', 'either', 'AUTHENTICATE', 'joining'],
  ['established', 'sent', 'GOODBYE', 'leaving'],
  ['established', 'received', 'GOODBYE', 'answering'],
  ['leaving', 'either', 'GOODBYE', 'left'],
  ['answering', 'either', 'GOODBYE', 'left'],
  ['left', 'either', 'HELLO', 'joining'],
  ['closed', 'either', 'ABORT', 'ended'],
  ['joining', 'either', 'ABORT', 'ended'],
  ['challenging', 'either', 'ABORT', 'ended'],
  ['established', 'either', 'ABORT', 'ended'],
  ['leaving', 'either', 'ABORT', 'ended'],
  ['answering', 'either', 'ABORT', 'ended'],
  ['left', 'either', 'ABORT', 'ended'],
];

const states: readonly State[] = ['closed', 'joining', 'challenging', 'established', 'leaving', 'answering', 'left', 'ended'];
const directions: readonly Direction[] = ['sent', 'received'];
const names = Object.keys(Code) as Name[];
const opening: readonly Name[] = ['HELLO', 'WELCOME', 'CHALLENGE', 'AUTHENTICATE'];

function expected(state: State, direction: Direction, name: Name): State | 'ignore' | undefined {
  const move = moves.find(([from, way, message]) => from === state && message === name && (way === 'either' || way === direction));
  if (move) return move[3];
  if (state === 'established') return opening.includes(name) ? undefined : 'established';
  if (state === 'left' && name === 'GOODBYE') return 'ignore';
  return direction === 'received' && (state === 'leaving' || state === 'ended') ? 'ignore' : undefined;
}

describe.each(states)('in state %s', (state) => {
  it.each(directions)('every message that is %s leads to the state of the state chart [C02] [R05]', (direction) => {
    const actual = names.map((name) => [name, nextState(state, direction, Code[name])]);
    expect(actual).toEqual(names.map((name) => [name, expected(state, direction, name)]));
  });
});

describe('both ends of a session', () => {
  /** One end sends, the other receives; what each thinks of it. */
  function exchange(
    ...script: readonly (readonly [sender: 0 | 1, name: Name])[]
  ): [State | 'ignore' | undefined, State | 'ignore' | undefined] {
    const ends: [State, State] = ['closed', 'closed'];
    for (const [sender, name] of script) {
      for (const end of [0, 1] as const) {
        const next = nextState(ends[end], end === sender ? 'sent' : 'received', Code[name]);
        if (next === undefined) return end === 0 ? [undefined, ends[1]] : [ends[0], undefined];
        if (next !== 'ignore') ends[end] = next;
      }
    }
    return ends;
  }
  const [client, router] = [0, 1] as const;
  const join = [
    [client, 'HELLO'],
    [router, 'WELCOME'],
  ] as const;

  it('agree on the state after a join', () => {
    expect(exchange(...join)).toEqual(['established', 'established']);
  });

  it('agree on the state after a login of two rounds [C70]', () => {
    const rounds = [
      [client, 'HELLO'],
      [router, 'CHALLENGE'],
      [client, 'AUTHENTICATE'],
      [router, 'CHALLENGE'],
      [client, 'AUTHENTICATE'],
      [router, 'WELCOME'],
    ] as const;
    expect(exchange(...rounds)).toEqual(['established', 'established']);
  });

  it.each([client, router])(
    'are closed after a GOODBYE of either and its answer, and may begin again (%i) [C06] [R06]',
    (leaver) => {
      const goodbyes = [
        [leaver, 'GOODBYE'],
        [leaver === client ? router : client, 'GOODBYE'],
      ] as const;
      expect(exchange(...join, ...goodbyes)).toEqual(['left', 'left']);
      expect(exchange(...join, ...goodbyes, ...join)).toEqual(['established', 'established']);
    },
  );

  it('are closed after GOODBYEs that cross [C06] [R06]', () => {
    // Each has sent its own before it gets the other's, and none is sent for the second time.
    expect(nextState('established', 'sent', Code.GOODBYE)).toBe('leaving');
    expect(nextState('leaving', 'received', Code.GOODBYE)).toBe('left');
    expect(nextState('left', 'sent', Code.GOODBYE)).toBe('ignore');
  });

  it('ignore another GOODBYE after the session, not before it [R06] [C06]', () => {
    expect(nextState('left', 'received', Code.GOODBYE)).toBe('ignore');
    expect(nextState('closed', 'received', Code.GOODBYE)).toBeUndefined();
    expect(nextState('joining', 'received', Code.GOODBYE)).toBeUndefined();
  });

  it('treat a second HELLO, WELCOME or CHALLENGE as illegal [C05] [R05]', () => {
    expect(exchange(...join, [client, 'HELLO'])).toEqual([undefined, 'established']);
    expect(nextState('established', 'received', Code.HELLO)).toBeUndefined();
    expect(nextState('established', 'received', Code.WELCOME)).toBeUndefined();
    expect(nextState('established', 'received', Code.CHALLENGE)).toBeUndefined();
  });

  it('accept only HELLO as the first message [R01]', () => {
    const legal = names.filter((name) => nextState('closed', 'received', Code[name]) !== undefined);
    expect(legal).toEqual(['HELLO', 'ABORT']);
  });

  it('stay ended after ABORT, whatever comes', () => {
    for (const name of names) {
      expect(nextState('ended', 'received', Code[name])).toBe('ignore');
      expect(nextState('ended', 'sent', Code[name])).toBeUndefined();
    }
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Callees } from '../../src/router/dealer/callees.ts';
import type { Policy } from '../../src/router/session/callee-options.ts';
import type { LiveSession } from '../../src/router/session/session.ts';

const options = { discloseCaller: false, forwardTimeout: false, concurrency: undefined };
const session = (id: number): LiveSession => ({ id }) as LiveSession;

function made(count: number): { readonly callees: Callees; readonly sessions: readonly LiveSession[] } {
  const callees = new Callees();
  const sessions = Array.from({ length: count }, (_, id) => session(id));
  for (const each of sessions) callees.set(each, options);
  return { callees, sessions };
}
const never = () => 0;
const ids = (callees: Callees, invoke: Policy, calls: number): (number | undefined)[] =>
  Array.from({ length: calls }, () => callees.choose(invoke, never)?.session.id);

describe('[G2] the callees of a registration', () => {
  it('[R46] are chosen by the policy', () => {
    const { callees } = made(3);
    expect(ids(callees, 'first', 2)).toEqual([0, 0]);
    expect(ids(callees, 'last', 2)).toEqual([2, 2]);
    expect(ids(callees, 'roundrobin', 4)).toEqual([0, 1, 2, 0]);
    expect([0, 0.34, 0.99].map((at) => callees.choose('random', () => at)?.session.id)).toEqual([0, 1, 2]);
    expect(ids(new Callees(), 'roundrobin', 1)).toEqual([undefined]);
    expect(ids(new Callees(), 'random', 1)).toEqual([undefined]);
  });

  it('[R46] keep their turn when another one comes or goes', () => {
    const { callees, sessions } = made(3);
    expect(ids(callees, 'roundrobin', 2)).toEqual([0, 1]);
    callees.delete(sessions[1] as LiveSession);
    expect(ids(callees, 'roundrobin', 1)).toEqual([2]);
    callees.set(session(3), options);
    expect(ids(callees, 'roundrobin', 4)).toEqual([3, 0, 2, 3]);
    callees.delete(sessions[0] as LiveSession);
    expect(ids(callees, 'roundrobin', 2)).toEqual([2, 3]);
  });

  it('[R52] are skipped if they may not be asked', () => {
    const { callees } = made(4);
    const isEven = ({ id }: LiveSession): boolean => id % 2 === 0;
    const odd = (callee: LiveSession): boolean => !isEven(callee);
    expect(callees.choose('first', never, odd)?.session.id).toBe(1);
    expect(callees.choose('last', never, isEven)?.session.id).toBe(2);
    expect([1, 2, 3].map(() => callees.choose('roundrobin', never, odd)?.session.id)).toEqual([1, 3, 1]);
    for (const at of [0, 0.3, 0.6, 0.9])
      expect(callees.choose('random', () => at, odd)?.session.id).toSatisfy((id) => id === 1 || id === 3);
    for (const invoke of ['first', 'last', 'roundrobin', 'random'] as const)
      expect(callees.choose(invoke, never, () => false)).toBeUndefined();
  });

  it('are in the order of registering, whoever comes and goes', () => {
    const step = fc.record({ id: fc.nat(8), isGone: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const { callees, sessions } = made(9);
        for (const each of sessions) callees.delete(each);
        const model = new Set<number>();
        for (const { id, isGone } of steps) {
          const each = sessions[id] as LiveSession;
          if (isGone) expect(callees.delete(each)).toBe(model.delete(id));
          else {
            callees.set(each, options);
            model.add(id);
          }
          const all = [...model];
          expect([...callees.keys()].map((callee) => callee.id)).toEqual(all);
          expect(callees.size).toBe(all.length);
          expect(ids(callees, 'first', 1)).toEqual([all[0]]);
          expect(ids(callees, 'last', 1)).toEqual([all.at(-1)]);
          expect(new Set(all.map((_, at) => callees.choose('random', () => at / all.length)?.session.id))).toEqual(model);
          expect(new Set(ids(callees, 'roundrobin', all.length))).toEqual(model);
        }
      }),
    );
  });

  it('are not searched for each call', () => {
    const { callees } = made(10_000);
    let asked = 0;
    for (const invoke of ['single', 'first', 'last', 'roundrobin', 'random'] as const) {
      callees.choose(invoke, Math.random, () => {
        asked++;
        return true;
      });
    }
    expect(asked).toBe(5);
  });
});

/* Who is served when: slices are counted by a clock and an event loop that the test moves. */
import { describe, expect, test } from 'vitest';
import { Lane } from '../../src/router/lane.ts';
import { Turns, type Work } from '../../src/router/turns.ts';

/** Each item takes a millisecond. The event loop goes round when it is told. */
function stage() {
  let now = 0;
  const due: (() => void)[] = [];
  const turns = new Turns({ now: () => now, later: (task) => due.push(task) });
  const log: string[] = [];
  const lane = (name: string) =>
    new Lane<number>(turns, {
      take: (item) => {
        now += 1;
        log.push(`${name}${item}`);
      },
      unitsOf: () => 16, // the clock is looked at after each
      rests: (isResting) => log.push(`${name} ${isResting ? 'rests' : 'goes on'}`),
      threw: (error) => log.push(`${name} threw ${String(error)}`),
    });
  /** @returns What happened in this turn of the event loop. */
  const goRound = (): string[] => {
    for (const task of due.splice(0)) task();
    return log.splice(0);
  };
  return { lane, log, goRound, isIdle: () => due.length === 0, pass: (ms: number) => (now += ms) };
}

describe('turns', () => {
  test('[G2] a burst is cut into slices, and its connection rests meanwhile', () => {
    const { lane, log, goRound } = stage();
    const one = lane('a');
    for (let i = 1; i <= 30; i++) one.add(i);
    const slices = [log.splice(0), goRound(), goRound(), goRound()];
    expect(slices.flat().filter((entry) => /\d/.test(entry))).toEqual(Array.from({ length: 30 }, (_, i) => `a${i + 1}`));
    // Ten milliseconds, and the message in which they end.
    for (const slice of slices) expect(slice.filter((entry) => /\d/.test(entry)).length).toBeLessThanOrEqual(11);
    expect(slices.flat().filter((entry) => !/\d/.test(entry))).toEqual(['a rests', 'a goes on']);
    expect(goRound()).toEqual([]);
  });

  test('[G2] two bursts take turns, and each keeps its order', () => {
    const { lane, log, goRound } = stage();
    const [one, two] = [lane('a'), lane('b')];
    for (let i = 1; i <= 40; i++) one.add(i);
    for (let i = 1; i <= 12; i++) two.add(i);
    const seen = [...log.splice(0), ...[1, 2, 3, 4, 5, 6, 7, 8].flatMap(goRound)].filter((entry) => /\d/.test(entry));
    expect(seen.filter((entry) => entry.startsWith('a'))).toEqual(Array.from({ length: 40 }, (_, i) => `a${i + 1}`));
    expect(seen.filter((entry) => entry.startsWith('b'))).toEqual(Array.from({ length: 12 }, (_, i) => `b${i + 1}`));
    // The second one's first message does not wait for the first one's last.
    expect(seen.indexOf('b1')).toBeLessThan(seen.indexOf('a40'));
  });

  test('[G2] work that can be cut goes on in its turns, and what came behind it waits for its end', () => {
    const { lane, log, goRound, pass } = stage();
    const one = lane('a');
    const work = function* (): Work {
      for (let i = 1; i <= 40; i++) {
        pass(1);
        log.push(`piece ${i}`);
        yield;
      }
    };
    one.do(work());
    one.add(1);
    const first = log.splice(0);
    expect(first.length).toBeLessThan(30);
    expect(first).not.toContain('a1');
    const rest = [goRound(), goRound(), goRound(), goRound()].flat();
    expect([...first, ...rest].filter((entry) => entry.startsWith('piece'))).toHaveLength(40);
    expect(rest.indexOf('a1')).toBeGreaterThan(rest.indexOf('piece 40'));
  });

  test('[G2] what one message throws ends neither the slice nor what comes behind it', () => {
    const { lane, log, goRound } = stage();
    const bad = lane('a');
    const work = function* (): Work {
      yield;
      throw new Error('broken');
    };
    bad.do(work());
    bad.add(1);
    goRound();
    expect(log.concat(goRound())).toEqual([]);
    const { lane: again, log: seen } = stage();
    const lane2 = again('b');
    lane2.do(work());
    lane2.add(1);
    expect(seen).toEqual(['b threw Error: broken', 'b1']);
  });
});

/* Who is served when: slices are counted by a clock and an event loop that the test moves. */
import { describe, expect, test } from 'vitest';
import { Lane } from '../../src/router/turns/lane.ts';
import { Turns, type Work } from '../../src/router/turns/turns.ts';

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

describe('the turns of work', () => {
  test('[G2] cut a burst into slices, and its connection is not read meanwhile', () => {
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

  test('[G2] limit what is sent in a slice as well: sockets get it when the slice ends', () => {
    const due: (() => void)[] = [];
    const turns = new Turns({ now: () => 0, later: (task) => due.push(task) });
    let sent = 0;
    const lane = new Lane<number>(turns, {
      take: (bytes) => {
        sent += bytes;
        turns.sent(bytes);
      },
      unitsOf: () => 1,
      rests: () => {},
      threw: () => {},
    });
    const rounds = [];
    for (let i = 0; i < 30; i++) lane.add(2 ** 20);
    while (due.length > 0) {
      rounds.push(sent);
      sent = 0;
      for (const task of due.splice(0)) task();
    }
    // No time has passed by the clock.
    expect(rounds.map((bytes) => bytes / 2 ** 20)).toEqual([8, 8, 8, 6]);
  });

  test('[G2] alternate between two bursts, and each keeps its order', () => {
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

  test('[G2] let work that can be cut continue in its turns, while later messages wait', () => {
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

  test('[G2] are not ended by an error of one message', () => {
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

  /** Of several lanes with more to do than fits into many slices: all wait, none has had its turn in the row. */
  const bursts = (lane: ReturnType<typeof stage>['lane'], count: number) => {
    const busy = Array.from({ length: count }, (_, i) => lane(`busy${i}.`));
    for (const each of busy) for (let i = 1; i <= 100; i++) each.add(i);
  };
  const handled = (entries: readonly string[]): readonly string[] => entries.filter((entry) => /\d$/.test(entry));

  test('[G2] read the clock once for each turn if others wait, or once for the whole slice', () => {
    const { lane, log, goRound } = stage();
    bursts(lane, 3);
    log.splice(0);
    const slice = handled(goRound());
    const changes = slice.filter((entry, at) => at > 0 && entry.split('.')[0] !== slice[at - 1]?.split('.')[0]).length;
    expect(changes).toBe(slice.length - 1);
    const { lane: again, log: seen, goRound: round } = stage();
    bursts(again, 1);
    seen.splice(0);
    expect(handled(round()).length).toBeGreaterThanOrEqual(10); // until the slice is over
  });

  test('[G2] handle a message that comes while a hundred bursts wait in the next slice', () => {
    const { lane, log, goRound } = stage();
    bursts(lane, 100);
    for (let i = 0; i < 12; i++) goRound(); // each of them was cut
    const honest = lane('honest.');
    honest.add(1);
    expect(log.splice(0)).toEqual(['honest. rests']);
    const slice = handled(goRound());
    expect(slice.indexOf('honest.1')).toBeLessThanOrEqual(1); // at most behind one of those that were cut
  });

  test('[G2] come within two slices for new and cut work, however much work there is and however long a turn is', () => {
    for (const slow of [0, 20]) {
      const { lane, log, goRound, pass } = stage();
      const busy = lane('busy.');
      busy.do(
        (function* (): Work {
          for (let i = 1; i <= 5000; i++) {
            if (i % 16 === 0) pass(slow + 1);
            log.push(`busy.${i}`);
            yield;
          }
        })(),
      );
      goRound();
      for (let round = 0; round < 5; round++) {
        for (let i = 0; i < 30; i++) lane(`new${round}.${i}.`).add(1);
        log.splice(0);
        const seen = [...goRound(), ...goRound()];
        expect(seen.some((entry) => entry.startsWith('busy'))).toBe(true);
        expect(seen.some((entry) => entry.startsWith('new'))).toBe(true);
      }
    }
  });

  test('[G2] do not count work as new if it begins more work in its turn', () => {
    let now = 0;
    const due: (() => void)[] = [];
    const turns = new Turns({ now: () => now, later: (task) => due.push(task) });
    const log: string[] = [];
    const worker = (name: string, total: number) => {
      let left = total;
      return {
        work(): boolean {
          while (turns.mayGoOn && left > 0) {
            now += 1;
            left--;
            log.push(name);
            turns.spend(16);
            turns.wait(this);
          }
          return left === 0;
        },
      };
    };
    for (const name of ['a', 'b', 'c']) turns.wait(worker(name, 3));
    for (const task of due.splice(0)) task();
    expect(log.join('')).toBe('abcabcabc');
  });
});

test('[K3] durations are measured by the last look at the clock in a slice; outside of a slice the clock is read', () => {
  let now = 0;
  const due: (() => void)[] = [];
  const turns = new Turns({ now: () => now, later: (task) => due.push(task) });
  now = 5;
  expect(turns.recently).toBe(5);
  expect(turns.mayGoOn).toBe(true);
  now = 7;
  expect(turns.recently).toBe(5);
  turns.spend(16);
  expect(turns.recently).toBe(7);
  due.pop()?.();
  now = 30;
  expect(turns.recently).toBe(30);
});

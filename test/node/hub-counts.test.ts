/* What processes count together, at the hub of `local()`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Hub, type LocalOptions, local, openHub } from 'autostrada/node';
import type { Counts, Membership } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { PartialMessages } from '../../src/node/incoming/partial-messages.ts';
import { Crowd } from '../../src/router/limits/crowd.ts';
import { Share } from '../../src/router/together/counts.ts';

interface Node {
  readonly counts: Counts;
  readonly membership: Membership;
}

async function hub(): Promise<Hub> {
  const folder = mkdtempSync(path.join(tmpdir(), 'as-'));
  const opened = await openHub({ path: path.join(folder, 'hub.sock') });
  onTestFinished(async () => {
    await opened.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return opened;
}

async function join(at: Hub, options: Partial<LocalOptions> = {}): Promise<Node> {
  const engine = local({ hub: at.path, ...options });
  const membership = await engine.join({
    up: () => {},
    down: () => {},
    frame: () => {},
    broken: () => {},
    lost: () => {},
    note: () => {},
  });
  onTestFinished(() => membership.leave());
  if (!engine.counts) throw new Error('expected counts');
  return { counts: engine.counts, membership };
}

describe.skipIf(process.platform === 'win32')('[L2] counts of several processes', () => {
  test('a place is taken once, and free again when its process is gone', async () => {
    const at = await hub();
    const [one, two] = await Promise.all([join(at), join(at)]);
    const taken = await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? one : two).counts.take('places', 7)));
    expect(taken.filter(Boolean).length).toBe(7);
    two.counts.give('places');
    expect(await two.counts.take('places', 7)).toBe(true);
    expect(await one.counts.take('places', 7)).toBe(false);
    await two.membership.leave();
    await expect.poll(() => one.counts.take('places', 4)).toBe(true);
  });

  test('a process cannot give back what another one has taken', async () => {
    const at = await hub();
    const [one, two] = await Promise.all([join(at), join(at)]);
    expect(await one.counts.take('places', 1)).toBe(true);
    for (let i = 0; i < 3; i++) two.counts.give('places');
    expect(await two.counts.take('places', 1)).toBe(false);
  });

  test('logins that run are bounded over all processes; those of a process that is gone do not count, and the next ones begin', async () => {
    const at = await hub();
    const [one, two] = await Promise.all([join(at), join(at)]);
    const entered = [0, 0];
    const enter = async (from: Node, at: 0 | 1, user: string): Promise<void> => {
      const mayTry = await Promise.resolve(from.counts.throttle.enter('192.0.2.1', user)).catch(() => false); // its process leaves
      if (mayTry) entered[at] = (entered[at] ?? 0) + 1;
    };
    for (let i = 0; i < 60; i++) void enter(one, 0, `realm1 u${i}`);
    await expect.poll(() => entered).toEqual([60, 0]);
    for (let i = 0; i < 60; i++) void enter(two, 1, `realm1 v${i}`);
    await expect.poll(() => entered).toEqual([60, 40]);
    for (let i = 60; i < 130; i++) void enter(one, 0, `realm1 u${i}`);
    expect(await one.counts.throttle.enter('192.0.2.2', 'realm1 u0')).toBe(true);
    for (let i = 0; i < 5; i++) one.counts.throttle.leave('192.0.2.1');
    await expect.poll(() => entered).toEqual([60, 45]);
    await two.membership.leave();
    await expect.poll(() => entered).toEqual([105, 45]); // 5 of one's have left
  });

  test('amounts of the others are known a moment later, also to a process that comes later', async () => {
    const at = await hub();
    const one = await join(at);
    one.counts.tell('bytes', 50, 100);
    one.counts.tell('little', 1, 1000);
    const two = await join(at);
    await expect.poll(() => two.counts.others('bytes')).toBe(50);
    expect(two.counts.others('little')).toBe(0);
    expect(one.counts.others('bytes')).toBe(0);
    two.counts.tell('bytes', 20, 100);
    await expect.poll(() => one.counts.others('bytes')).toBe(20);
    expect([one.counts.nodes, two.counts.nodes]).toEqual([2, 2]);
    await two.membership.leave();
    await expect.poll(() => one.counts.others('bytes')).toBe(0);
    await expect.poll(() => one.counts.nodes).toBe(1);
  });

  test('a process without ports takes no part of a limit away from the others', async () => {
    const at = await hub();
    const none = await join(at, { hasPorts: false });
    const [one, two] = await Promise.all([join(at), join(at)]);
    await expect.poll(() => [one, two, none].map(({ counts }) => counts.nodes)).toEqual([2, 2, 2]);
    one.counts.tell('bytes', 90, 100);
    await expect.poll(() => two.counts.others('bytes')).toBe(90);
    expect(new Share('bytes', 100, two.counts).most).toBe(50);
    // What it has counts all the same.
    none.counts.tell('bytes', 7, 100);
    await expect.poll(() => two.counts.others('bytes')).toBe(97);
  });

  test('a process may have what the others leave, and at least its part: the one with more than that gives way', async () => {
    const at = await hub();
    const [one, two] = await Promise.all([join(at), join(at)]);
    const ended: string[] = [];
    const crowd = ({ counts }: Node) => new Crowd<string>(new Share('crowd', 10, counts), 100, (member) => ended.push(member));
    const [flooded, calm] = [crowd(one), crowd(two)];
    for (let i = 0; i < 10; i++) flooded.add(`f${i}`, '192.0.2.1');
    expect(flooded.size).toBe(10);
    await expect.poll(() => two.counts.others('crowd')).toBe(10);
    for (let i = 0; i < 5; i++) calm.add(`c${i}`, '192.0.2.2');
    await expect.poll(() => flooded.size).toBe(5);
    expect([calm.size, ended]).toEqual([5, ['f0', 'f1', 'f2', 'f3', 'f4']]);
  });

  test('incomplete messages are bounded over all processes', async () => {
    const at = await hub();
    const [one, two] = await Promise.all([join(at), join(at)]);
    const [here, there] = [new PartialMessages(1000, one.counts), new PartialMessages(1000, two.counts)];
    let dropped = 0;
    for (let i = 0; i < 9; i++) {
      const message = here.open('192.0.2.1');
      message.onDrop = () => dropped++;
      message.hold(100);
    }
    expect(dropped).toBe(0);
    await expect.poll(() => two.counts.others('partial')).toBe(900);
    const honest = there.open('192.0.2.2');
    honest.onDrop = () => expect.unreachable('it has less than its part');
    honest.hold(400);
    await expect.poll(() => dropped).toBe(3);
  });
});

/* Components of a supervisor that runs are other ones: which are stopped, restarted, started, and which continue. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { isAlive, node, STAYS, settled, sh, stage, untilGone } from './stage.ts';

describe.skipIf(process.platform === 'win32')('[K2] components that change', () => {
  test('those that are the same continue; others are stopped, restarted and started', async () => {
    const same = { ...node(STAYS), env: { A: '1', B: '2' } };
    const before = { same, changed: node(STAYS), gone: node(STAYS) };
    const { supervisor, until, folder, states } = stage(before);
    const pids = await Promise.all(['same', 'changed', 'gone'].map(async (name) => (await until(name, 'ready')).pid));
    // The order of members says nothing.
    const after = { fresh: node(STAYS), changed: node(`${STAYS};`), same: { env: { B: '2', A: '1' }, ...node(STAYS) } };
    await supervisor.change(settled(after, folder));
    expect(supervisor.list().map(({ name }) => name)).toEqual(['fresh', 'changed', 'same']);
    expect(await until('same', 'ready')).toMatchObject({ pid: pids[0] });
    expect(await until('changed', 'ready', pids[1])).toMatchObject({ restarts: 0 });
    await until('fresh', 'ready');
    for (const pid of pids.slice(1)) await untilGone(pid!);
    expect(isAlive(pids[0]!)).toBe(true);
    expect([states('gone').at(-1), supervisor.get('gone'), supervisor.log('gone', 1)]).toEqual(['stopped', undefined, undefined]);
  });

  test('the last lines of one that is restarted are kept', async () => {
    const { supervisor, until, folder, lines } = stage({ guest: node(`console.log('one'); ${STAYS}`) });
    await expect.poll(() => lines('guest')).toEqual(['one']);
    await supervisor.change(settled({ guest: node(`console.log('two'); ${STAYS}`) }, folder));
    await until('guest', 'ready');
    await expect.poll(() => lines('guest')).toEqual(['one', 'two']);
  });

  test('one that somebody has stopped stays stopped; one that has failed or ended gets another try', async () => {
    const once = { restart: 'never' } as const;
    const { supervisor, until, folder } = stage({
      stopped: node(STAYS),
      failed: { ...sh('exit 1'), ...once },
      ended: { ...sh('exit 0'), restart: 'on-failure' },
    });
    await until('stopped', 'ready');
    await until('failed', 'failed');
    await until('ended', 'ended');
    await supervisor.stopOne('stopped');
    await supervisor.change(
      settled({ stopped: node(`${STAYS};`), failed: { ...node(STAYS), ...once }, ended: node(STAYS) }, folder),
    );
    await until('failed', 'ready');
    await until('ended', 'ready');
    expect(supervisor.get('stopped')).toMatchObject({ state: 'stopped', pid: null });
    await supervisor.startOne('stopped');
    await until('stopped', 'ready');
  });

  test('those that end are stopped in the reverse order, and the new ones start in order', async () => {
    const says = (name: string) => ({
      ...node(`process.on('SIGTERM', () => { setTimeout(() => process.exit(), 30) }); console.log('${name}'); ${STAYS}`),
    });
    const { supervisor, until, folder, changes } = stage({ b: { ...says('b'), waitsFor: ['a'] }, a: says('a') });
    await until('b', 'ready');
    const from = changes.length;
    await supervisor.change(settled({ b: { ...says('B'), waitsFor: ['a'] }, a: says('A') }, folder));
    await until('b', 'ready');
    const order = changes.slice(from).filter(([, state]) => state === 'stopped' || state === 'ready');
    expect(order).toEqual([
      ['b', 'stopped'],
      ['a', 'stopped'],
      ['a', 'ready'],
      ['b', 'ready'],
    ]);
  });

  test('one that waits for what is new, and one that ignores SIGTERM', async () => {
    const stubborn = { ...node(`process.on('SIGTERM', () => {}); console.log('up'); ${STAYS}`), stopTimeoutMs: 50 };
    const { supervisor, until, folder, lines } = stage({ stubborn });
    const { pid } = await until('stubborn', 'ready');
    await expect.poll(() => lines('stubborn')).toEqual(['up']);
    await supervisor.change(settled({ waits: { ...node(STAYS), waitsFor: ['fresh'] }, fresh: node(STAYS) }, folder));
    await untilGone(pid!);
    await until('waits', 'ready');
  });

  test('files are watched as the new definition says', async () => {
    const files = { 'old.txt': '', 'new.txt': '' };
    const { supervisor, until, folder } = stage({ guest: { ...node(STAYS), watch: ['old.txt'] } }, files);
    await until('guest', 'ready');
    await supervisor.change(settled({ guest: { ...node(STAYS), watch: ['new.txt'] } }, folder));
    const { pid } = await until('guest', 'ready');
    writeFileSync(path.join(folder, 'new.txt'), '1');
    const second = await until('guest', 'ready', pid);
    writeFileSync(path.join(folder, 'old.txt'), '1');
    writeFileSync(path.join(folder, 'new.txt'), '2');
    expect((await until('guest', 'ready', second.pid)).pid).not.toBe(pid);
  });

  test('nothing is started when all are being stopped', async () => {
    const { supervisor, until, folder } = stage({ guest: node(STAYS) });
    await until('guest', 'ready');
    const changed = supervisor.change(settled({ guest: node(`${STAYS};`), fresh: node(STAYS) }, folder));
    await supervisor.close();
    await changed;
    await supervisor.change(settled({ fresh: node(STAYS) }, folder));
    expect(supervisor.list()).toMatchObject([{ name: 'guest', state: 'stopped', pid: null }]);
  });

  test('one that is removed does not come back, although somebody starts it meanwhile', async () => {
    const slow = { ...node(`process.on('SIGTERM', () => { setTimeout(() => process.exit(), 50) }); console.log('up'); ${STAYS}`) };
    const { supervisor, until, folder, lines, states } = stage({ slow, gone: node(STAYS) });
    await expect.poll(() => lines('slow')).toEqual(['up']);
    await until('gone', 'ready');
    const changed = supervisor.change(settled({ slow: { ...slow, env: { A: '1' } } }, folder));
    await expect.poll(() => states('gone').at(-1)).toBe('stopped');
    const back = await supervisor.startOne('gone');
    await changed;
    expect(back === undefined || states('gone').at(-1) === 'stopped').toBe(true);
    expect(supervisor.list().map(({ name }) => name)).toEqual(['slow']);
  });
});

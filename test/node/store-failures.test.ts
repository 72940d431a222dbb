/* What a store in files does when the files do not do what they should. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Connection } from 'autostrada';
import { type FileStore, openStore } from 'autostrada/node';
import { type LogEntry, Router } from 'autostrada/router';
import { ClassicLevel } from 'classic-level';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Command, cli, root } from '../cli/command.ts';

const topic = 'com.example.log';
const acknowledge = { acknowledge: true, retain: true } as const;

function scratch(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'autostrada-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

interface Running {
  readonly connection: Connection;
  readonly store: FileStore;
  readonly log: readonly string[];
  publish(n: number): Promise<unknown>;
  stop(): Promise<void>;
}

async function start(folder: string, limits: { readonly maxAgeMs?: number } = {}): Promise<Running> {
  const store = await openStore({ folder });
  const log: string[] = [];
  const history = [{ uri: topic, limit: 10_000, ...limits }];
  const realm1 = { anonymous: 'guest', authroles: { guest: { permissions: 'all' } }, history } as const;
  const hear = ({ message }: LogEntry): void => void (message.includes('store') && log.push(message));
  const router = new Router(
    { realms: { realm1 }, ...(limits.maxAgeMs ? { limits: { maxRetainedAgeMs: limits.maxAgeMs } } : {}) },
    { store, log: hear },
  );
  const connection = new Connection({ url: router, realm: 'realm1' });
  const stop = async (): Promise<void> => {
    await connection.close();
    await router.close();
    await store.close();
  };
  onTestFinished(stop);
  return { connection, store, log, stop, publish: (n) => connection.publish(topic, [n], null, acknowledge) };
}

/** The numbers in the history, in order. */
async function past({ connection }: Running): Promise<readonly unknown[]> {
  const id = await connection.call<number>('wamp.subscription.lookup', [topic]);
  const { args } = await connection.callResult('wamp.subscription.get_events', [id]);
  return (args as readonly { readonly args: readonly unknown[] }[]).map((event) => event.args[0]);
}

async function keys(folder: string): Promise<readonly string[]> {
  const db = new ClassicLevel(folder);
  const found = await db.keys({ gt: 'event ', lt: 'event!' }).all();
  await db.close();
  return found;
}

const failure = { uri: 'autostrada.error.store_failed' };
const hasLimits = process.platform === 'linux' && spawnSync('prlimit', ['--version']).status === 0;

describe('[K5] a store', () => {
  it.skipIf(!hasLimits)(
    'on a disk that is full fails what it cannot keep, and loses nothing that it acknowledges afterwards',
    async () => {
      expect(existsSync(path.join(root, 'dist/node.mjs')), 'dist is missing: run `npm run build` first').toBe(true);
      const folder = scratch();
      const script = `trap '' XFSZ; ulimit -S -f 1024; exec "$0" "$@"`;
      const command = [process.execPath, path.join(root, 'test/node/store-full.mjs'), path.join(folder, 'data')];
      const child = spawn('bash', ['-c', script, ...command], { stdio: ['ignore', 'pipe', 'pipe'] });
      let [out, err] = ['', ''];
      child.stdout.on('data', (chunk) => {
        out += String(chunk);
      });
      child.stderr.on('data', (chunk) => {
        err += String(chunk);
      });
      await new Promise((resolve) => child.once('close', resolve));
      expect(err).toBe('');
      expect(out.match(/^log .*$/gm)).toEqual([
        expect.stringMatching(/^log the store failed to keep an event .*: IO error: .*File too large$/),
        'log the store works again',
      ]);
      expect(out.match(/^not \d+ (?!autostrada\.error\.store_failed)/gm)).toBe(null);
      expect(out).toContain('count 1\n');
      const acknowledged = [...out.matchAll(/^kept (\d+)$/gm)].map(([, n]) => Number(n));
      expect(acknowledged.length).toBeGreaterThan(100);
      const found = await past(await start(path.join(folder, 'data')));
      expect(acknowledged.filter((n) => !found.includes(n))).toEqual([]);
      expect(found).toEqual([...found].sort((a, b) => Number(a) - Number(b)));
    },
    60_000,
  );

  it('whose files are deleted writes them again', async () => {
    const folder = path.join(scratch(), 'data');
    const running = await start(folder);
    for (let n = 1; n <= 5; n++) await running.publish(n);
    rmSync(folder, { recursive: true });
    let n = 5;
    const isThere = async (): Promise<boolean> => {
      await running.publish(++n);
      return existsSync(path.join(folder, 'CURRENT'));
    };
    await expect.poll(isThere).toBe(true);
    await running.stop();
    expect(await past(await start(folder))).toEqual(Array.from({ length: n }, (_, i) => i + 1));
  });

  it('that another process has had meanwhile is not written any more', async () => {
    const folder = scratch();
    const running = await start(folder);
    await running.publish(1);
    writeFileSync(path.join(folder, 'owner.json'), '{"pid":1,"host":"elsewhere","since":"2026-01-01"}\n');
    renameSync(path.join(folder, 'CURRENT'), path.join(folder, 'CURRENT.old'));
    await expect.poll(() => running.publish(2).catch((error: unknown) => error)).toMatchObject(failure);
    expect(running.log).toEqual([
      expect.stringContaining('was used by process 1 on elsewhere, since 2026-01-01: this process must be started again'),
    ]);
    expect(await past(running)).toContain(1); // from memory
  });

  it('whose lock was deleted is left to the second process; the first one says so', async () => {
    const folder = scratch();
    const running = await start(folder);
    await running.publish(1);
    rmSync(path.join(folder, 'LOCK'));
    const second = new Command([cli, 'router', '--port', '0', '--store', folder]);
    await expect.poll(() => second.stdout).toMatch(/^router at/);
    await expect.poll(() => running.publish(2).catch((error: unknown) => error)).toMatchObject(failure);
    expect(running.log.at(-1)).toMatch(/was used by process \d+ on \S+, since \S+: this process must be started again$/);
    second.kill('SIGTERM');
    expect((await second.ended).code).toBe(0);
  });

  it('takes back in the files what it could not take back at first', async () => {
    const folder = scratch();
    const running = await start(folder);
    await running.publish(1);
    const batch = vi.spyOn(ClassicLevel.prototype, 'batch').mockRejectedValueOnce(new Error('the disk is full'));
    onTestFinished(() => batch.mockRestore());
    await expect(running.connection.call('autostrada.topic.forget', [topic])).rejects.toMatchObject(failure);
    await running.connection.publish(topic, [2], null, { acknowledge: true });
    await running.stop();
    expect((await keys(folder)).filter((key) => key.startsWith('event ["realm1"] '))).toEqual([]);
    expect(await past(await start(folder))).toEqual([1, 2]);
  });

  it.each(['MANIFEST', '.ldb'])('with a damaged file (%s) is refused, and its folder is named', async (name) => {
    const folder = scratch();
    const running = await start(folder);
    for (let n = 1; n <= 50; n++) await running.publish(n);
    await running.stop();
    await (await start(folder)).stop(); // the log becomes a table
    for (const file of readdirSync(folder).filter((each) => each.includes(name))) {
      const bytes = readFileSync(path.join(folder, file));
      for (let i = 0; i < bytes.length; i++) bytes[i] = (bytes[i] ?? 0) ^ 0x55;
      writeFileSync(path.join(folder, file), bytes);
    }
    await expect(openStore({ folder })).rejects.toThrow(new RegExp(`^the store ${folder} (is damaged|cannot be opened): `));
  });

  it('forgets in the files what is too old, without any traffic', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const folder = scratch();
    const running = await start(folder, { maxAgeMs: 20 });
    await running.publish(1);
    await new Promise((resolve) => setTimeout(resolve, 40));
    vi.advanceTimersByTime(60_000);
    await running.stop();
    expect(await keys(folder)).toEqual([]);
  });

  it('that is opened forgets in the files what is too old', async () => {
    const folder = scratch();
    const first = await start(folder);
    await first.publish(1);
    await first.stop();
    expect(await keys(folder)).toHaveLength(2);
    await new Promise((resolve) => setTimeout(resolve, 40));
    await (await start(folder, { maxAgeMs: 20 })).stop();
    expect(await keys(folder)).toEqual([]);
  });
});

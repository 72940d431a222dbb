/* Processes that stand still (SIGSTOP), and what waits for them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type HubOptions, openHub } from 'autostrada/node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Command } from '../cli/command.ts';

const MAX = 2 ** 22;
/** It may not take longer than the ten seconds after which a silent process is ended. */
const SOON = { timeout: 15_000 };
const program = path.join(import.meta.dirname, 'hub-member.mjs');

function hubPath(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'as-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return path.join(folder, 'hub');
}

async function open(options: Partial<HubOptions> = {}): Promise<string> {
  const hub = await openHub({ path: hubPath(), maxWaitingBytes: MAX, ...options });
  onTestFinished(() => hub.close());
  return hub.path;
}

async function join(hub: string): Promise<{ readonly command: Command; readonly node: string }> {
  const command = new Command([program, 'join', hub, String(MAX)], {}, 'pipe');
  const [, node = ''] = (await command.line()).split(' ');
  return { command, node };
}

describe.skipIf(process.platform === 'win32')('[L2] what waits for a process that stands still', { timeout: 30_000 }, () => {
  test('is bounded in the others, which then count it as gone; it has to end', async () => {
    const ended: unknown[] = [];
    const hub = await open({ silent: (one) => ended.push(one) });
    const one = await join(hub);
    const other = await join(hub);
    const third = await join(hub);
    other.command.kill('SIGSTOP');
    one.command.write(`fill ${other.node}\n`);
    await expect.poll(() => one.command.stdout, SOON).toContain(`down ${other.node}`);
    expect(ended).toEqual([{ pid: other.command.pid, why: 'full' }]);
    await expect.poll(() => third.command.stdout).toContain(`down ${other.node}`);
    expect(one.command.stdout + third.command.stdout).not.toContain('lost');
    // What it would still do when it goes on counts for nobody.
    other.command.kill('SIGCONT');
    await expect.poll(() => other.command.stdout).toContain('lost');
  });

  test('is bounded in the hub, and it has to end', async () => {
    const ended: unknown[] = [];
    const hub = await open({ silent: (one) => ended.push(one) });
    const one = await join(hub);
    const other = await join(hub);
    one.command.write('keep com.example.long\n');
    await one.command.lines(2);
    other.command.write('ask com.example.long\n');
    await expect.poll(() => ended, SOON).toEqual([{ pid: other.command.pid, why: 'full' }]);
    await expect.poll(() => one.command.stdout).toContain(`down ${other.node}`);
  });

  test('is bounded in a process whose hub stands still: for it the hub is lost', async () => {
    const hub = hubPath();
    const first = new Command([program, 'open', hub, String(MAX)]);
    await first.line();
    const one = await join(hub);
    first.kill('SIGSTOP');
    one.command.write('write com.example.long\n');
    await expect.poll(() => one.command.stdout, SOON).toContain('lost');
    first.kill('SIGCONT');
  });

  test.each([-1, '1', Number.NaN])('a bound such as %s is refused', async (maxWaitingBytes) => {
    // @ts-expect-error: not always a number
    await expect(openHub({ path: hubPath(), maxWaitingBytes })).rejects.toThrow('to be a number from 0 on');
  });
});

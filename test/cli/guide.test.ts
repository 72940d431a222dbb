/* docs/guide/command-line.md: each `$ …` is run by a shell, and must print what stands below it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { stage } from './bench.ts';
import { cli, root } from './command.ts';

const guide = readFileSync(path.join(root, 'docs/guide/command-line.md'), 'utf8');

interface Step {
  readonly line: string;
  readonly printed: string;
}
const steps: readonly Step[] = [...guide.matchAll(/^```console\n([\s\S]*?)^```$/gm)]
  .flatMap(([, block = '']) => block.split(/^\$ /m).slice(1))
  .map((text) => ({ line: text.slice(0, text.indexOf('\n')), printed: text.slice(text.indexOf('\n') + 1) }));

/** Ids and times differ. */
const same = (text: string): string => text.replace(/("(?:publication|ms|min|avg|max|mdev)":)[\d.]+/g, '$1#');

/** A shell as a reader has it: `autostrada` is in the path, and the router is where it is by default. */
class Shell {
  private spoken = { background: '', foreground: '' };
  private code = 0;
  private readonly env: NodeJS.ProcessEnv;
  private readonly background: ChildProcess[] = [];

  constructor(url: string) {
    const bin = mkdtempSync(path.join(tmpdir(), 'autostrada-guide-'));
    writeFileSync(path.join(bin, 'autostrada'), `#!/bin/sh\nexec "${process.execPath}" "${cli}" "$@"\n`);
    chmodSync(path.join(bin, 'autostrada'), 0o755);
    this.env = { ...process.env, WAMP_URL: url, PATH: `${bin}:${process.env.PATH}` };
    onTestFinished(async () => {
      for (const { pid } of this.background) process.kill(-(pid ?? 0), 'SIGKILL');
      rmSync(bin, { recursive: true });
    });
  }

  /** What was printed since: by what runs beside it, then by the command itself. */
  get output(): string {
    return this.spoken.background + this.spoken.foreground;
  }

  clear(): void {
    this.spoken = { background: '', foreground: '' };
  }

  async run(line: string): Promise<void> {
    const isBackground = line.endsWith(' &');
    const child = spawn('sh', ['-c', line.replace(/ &$/, '').replaceAll('$?', String(this.code))], {
      env: this.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: isBackground,
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        this.spoken[isBackground ? 'background' : 'foreground'] += String(chunk);
      });
    }
    if (isBackground) this.background.push(child);
    else this.code = await new Promise((resolve) => child.once('close', resolve));
  }
}

describe.skipIf(process.platform === 'win32')('the guide to the command line', () => {
  test('shows what the commands print', { timeout: 60_000 }, async () => {
    const { url } = await stage();
    const shell = new Shell(url);
    expect(steps.length).toBeGreaterThan(20);
    for (const { line, printed } of steps) {
      shell.clear();
      await shell.run(line);
      await expect.poll(() => `$ ${line}\n${same(shell.output)}`, { timeout: 10_000 }).toBe(`$ ${line}\n${same(printed)}`);
    }
  });

  test('uses only commands and options that exist', () => {
    const shown = [...guide.matchAll(/`(--[a-z][\w-]+)/g)].map(([, name = '']) => name);
    const commands = ['call', 'publish', 'subscribe', 'register', 'ping'].map((name) => `commands/${name}`);
    const sources = ['bench/bench', 'running/connect', 'running/login', 'text/payload', 'text/output', ...commands];
    const options = sources.map((name) => readFileSync(path.join(root, `src/cli/${name}.ts`), 'utf8')).join('\n');
    const unknown = shown.filter((name) => !new RegExp(`^\\s+'?${name.slice(2)}'?: \\{`, 'm').test(options));
    expect([...new Set(unknown)]).toEqual(['--exclude-me', '--excludeMe', '--noReconnect', '--mirror']);
  });
});

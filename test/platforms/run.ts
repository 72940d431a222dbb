/*
 * npm run test:platforms: the checks on each platform of platforms.ts, one line a platform, compared with the table. `--only NAME` takes some, `--verbose`
 * tells every outcome, `--write` writes the table into docs/guide/platforms.md. The last line is `N passed, N failed`.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { isMissing, missing } from '../interop/install.ts';
import type { Missing } from '../interop/peer.ts';
import { installPackage, newProject, toolsOf } from './install.ts';
import { withTable } from './page.ts';
import { type Outcome, type Platform, Unfit } from './platform.ts';
import { platforms } from './platforms.ts';
import { judge, type Verdict } from './report.ts';

/** So many run at once. */
const WORKERS = 2;
/** A program that does not end by itself is ended. */
const TIMES_MS = { program: 150_000, end: 15_000 };
const here = import.meta.dirname;
const guide = path.join(here, '../../docs/guide/platforms.md');
const [QUIET, ENDS] = ['nothing is said that nobody asked for', 'the program ends by itself'];

export async function run(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: { only: { type: 'string', multiple: true }, verbose: { type: 'boolean' }, write: { type: 'boolean' } },
  });
  const { only, verbose = false, write } = values;
  const nameOf = ({ name, version }: Platform): string => `${name} ${version}`.trim();
  if (write) writeFileSync(guide, withTable(readFileSync(guide, 'utf8'), platforms));
  const chosen = platforms.filter((platform) => only?.some((name) => nameOf(platform).includes(name)) ?? true);
  if (chosen.length === 0) throw new Error(`no platform of platforms.ts has ${only?.join(', ')} in its name`);
  const root = await installPackage();
  const waiting = [...chosen.entries()];
  const verdicts: Verdict[] = [];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [at, platform] = next;
      const outcomes = typeof root !== 'string' ? root : await tryOne(platform, at, root).catch(unfitOrMissing);
      const verdict = judge(platform, outcomes, process.env.CI === 'true');
      verdicts.push(verdict);
      tell(nameOf(platform), verdict, verbose && !isMissing(outcomes) ? outcomes : []);
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  if (typeof root === 'string') rmSync(root, { recursive: true, force: true });
  const sum = (count: (verdict: Verdict) => number): number => verdicts.reduce((total, verdict) => total + count(verdict), 0);
  const [passed, failed] = [sum((verdict) => verdict.passed), sum(({ failures }) => failures.length)];
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

function unfitOrMissing(error: unknown): readonly Outcome[] | Missing {
  return error instanceof Unfit ? [{ check: ENDS, ok: false, detail: error.message }] : missing(error);
}

function tell(name: string, { missing: why, passed, failures, cannot }: Verdict, outcomes: readonly Outcome[]): void {
  const lines = [
    ...outcomes.map(({ check, ok, detail }) => `  ${ok ? 'ok  ' : 'FAIL'} ${check} ${detail}`),
    ...(why
      ? [`!!! SKIPPED: ${name}. ${why.isSilent ? 'The registry does not answer' : 'It cannot be had here'}: ${why.whyNot}`]
      : []),
    `${name}: passed ${passed}, failed ${failures.length}, cannot ${cannot}`,
    ...failures.map((failure) => `    ${failure}`),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function tryOne(platform: Platform, at: number, root: string): Promise<readonly Outcome[] | Missing> {
  const slug = `${platform.name} ${platform.version}`.toLowerCase().replace(/[^a-z0-9.]+/g, '-');
  const tools = await toolsOf(slug, platform.packages);
  if (typeof tools !== 'string') return tools;
  const project = newProject(root, slug, tools);
  const { program, args, env } = await platform.prepare({ tools, project });
  const router = fork(path.join(here, 'router.mjs'), [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  try {
    const urls = await new Promise((resolve, reject) => {
      router.once('message', resolve);
      router.once('exit', (code) => reject(new Error(`the router ended with code ${code}`)));
    });
    const out = path.join(project, 'outcomes');
    const { NODE_ENV: _, NODE_OPTIONS: __, VITEST: ___, ...inherited } = process.env;
    const PLATFORM = JSON.stringify({ name: `p${at}`, urls });
    const child = spawn(program, args, {
      cwd: project,
      env: { ...inherited, NO_COLOR: '1', PLATFORM, PLATFORM_OUT: out, PLATFORM_PROJECT: project, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { said, ending } = await ended(child, out);
    return outcomesOf(platform, said, ending);
  } finally {
    router.disconnect();
  }
}

/** What it printed, and how it ended. */
function ended(child: ChildProcess, out: string): Promise<{ readonly said: string; readonly ending: string }> {
  return new Promise((resolve, reject) => {
    let said = '';
    let ending = '';
    const stop = (why: string) => (): void => {
      ending = why;
      child.kill('SIGKILL');
    };
    let timer = setTimeout(stop('it was not done in time'), TIMES_MS.program);
    for (const stream of [child.stdout, child.stderr]) {
      let line = '';
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        line += chunk;
        const end = line.lastIndexOf('\n') + 1;
        said += line.slice(0, end);
        line = line.slice(end);
        if (!said.includes('{"done":true}')) return;
        clearTimeout(timer);
        timer = setTimeout(stop('it was done and did not end'), TIMES_MS.end);
      });
      stream?.on('end', () => {
        said += line === '' ? '' : `${line}\n`;
      });
    }
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      resolve({
        said: said + (existsSync(out) ? readFileSync(out, 'utf8') : ''),
        ending: ending || (code === 0 ? '' : `it ended with ${signal ?? `code ${code}`}`),
      });
    });
  });
}

function outcomesOf({ says }: Platform, said: string, ending: string): readonly Outcome[] {
  const outcomes: Outcome[] = [];
  const complaints: string[] = [];
  let isDone = false;
  for (const line of said.split('\n')) {
    const told = line.startsWith('{"check":') || line.startsWith('{"done":') ? JSON.parse(line) : undefined;
    if (told?.done) isDone = true;
    else if (told) outcomes.push({ check: told.check, ok: told.ok, detail: told.detail ?? '' });
    else if (line !== '' && !says?.test(line)) complaints.push(line);
  }
  outcomes.push({ check: QUIET, ok: complaints.length === 0, detail: complaints.join(' ⏎ ').slice(0, 600) });
  outcomes.push({
    check: ENDS,
    ok: isDone && ending === '',
    detail: ending || (isDone ? '' : `it did not come to its end: ${said.slice(-400)}`),
  });
  return outcomes;
}

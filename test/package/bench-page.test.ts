/* docs/benchmarks.md and its plots show the run that is checked in, and say what is missed. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { pageOf, publishedOf, regionsOf } from '../bench/page-text.mjs';
import { canMeasureOthers, cpuOf } from '../bench/processes.mjs';
import { rowsOf, titles } from '../bench/rows.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const page = read('docs/benchmarks.md');
const run = JSON.parse(read('test/bench/published.json'));

describe('the page of benchmarks', () => {
  test('[J3] the page and its plots are what npm run bench:page makes of test/bench/published.json', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['test/bench/page.mjs', '--check'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(stdout.split('\n').filter((line) => line.includes('differs'))).toEqual([]);
    expect(status).toBe(0);
    const plots = [...stdout.matchAll(/docs\/(images\/bench-[\w-]+\.svg): as the run says/g)].map(([, name]) => name);
    expect(plots).toHaveLength(5);
    for (const name of plots) expect(page).toContain(`(${name})`);
  });

  test('[J3] a number that was changed by hand is noticed, and so is one that is more exact than published', () => {
    const changed = page.replace(/(<!-- run: rpc -->[\s\S]*?\| autostrada +\| +)\d/, '$10');
    expect(changed).not.toBe(page);
    expect(pageOf(changed, run)).toBe(page);
    expect(publishedOf({ ratio: 0.123456789, rates: [1], rounds: 7 })).toEqual({ ratio: 0.12346, rounds: 7 });
  });

  test('[J3] the page names every bar that is missed or was not measured, and its table has every bar', () => {
    const { verdicts, bars } = regionsOf(run);
    for (const { key, verdict } of run.rows) {
      expect(titles[key]).toBeDefined();
      expect(bars).toContain(titles[key]);
      if (verdict !== 'met') expect(verdicts).toContain(`- ${verdict}: ${titles[key]}`);
    }
  });

  test('[J3] a run without one of its parts is refused, with its name', () => {
    const { fairness, ...rest } = run;
    expect(fairness).toBeDefined();
    expect(() => pageOf(page, rest)).toThrow('expected a whole run, got one without fairness');
  });

  test('[J3] a part that has no place on the page is refused', () => {
    const without = page.replace(/<!-- run: fairness -->[\s\S]*?<!-- \/run -->/, '');
    expect(() => pageOf(without, run)).toThrow('got none for fairness');
  });
});

describe('the rows of the bench', () => {
  test('[J3] each row has a key, a value, a bar and a verdict, and is explained when it was not measured', () => {
    const rows = rowsOf({ results: [] });
    expect(rows.length).toBeGreaterThanOrEqual(14);
    expect(rows.map(({ key }) => key)).toEqual(Object.keys(titles));
    for (const row of rows) expect(row).toMatchObject({ value: null, verdict: 'not measured', why: 'this part did not run' });
  });

  test('[J3] a part that failed and a router that is not here give the reason', () => {
    const rows = rowsOf({
      results: [],
      failures: { heap: 'it failed: no answer in 300 s' },
      routers: [{ name: 'Autostrada' }, { name: 'nexus', whyNot: 'there is no go here' }],
    });
    const why = (key: string) => rows.find((row) => row.key === key)?.why;
    expect(why('heap-after-1000000-calls-mb')).toBe('it failed: no answer in 300 s');
    expect(why('router-cpu-a-call-to-nexus')).toBe('there is no go here');
  });

  test('[J3] a row of the client that is missed says what a client by hand reaches, and one that is met does not', () => {
    const fanout = (own: number) => {
      const rows = Object.entries({ autostrada: own, autobahn: 4, hand: 3.5 }).map(([name, clientCpu]) => ({
        name,
        summary: { clientCpu },
      }));
      const found = rowsOf({ results: [{ experiment: 'fanout', subscribers: 1000, rows }] });
      return found.find(({ key }) => key === 'fanout-client-cpu-to-autobahn');
    };
    expect(fanout(5)).toMatchObject({ value: 1.25, verdict: 'missed', why: 'a client by hand that checks nothing has 0.88' });
    expect(fanout(2)).toEqual({ key: 'fanout-client-cpu-to-autobahn', value: 0.5, bar: '<= 0.9', verdict: 'met' });
  });

  test('[J3] a value on its bar meets it, one beyond it misses it', () => {
    const verdicts = (value: number) =>
      rowsOf({ results: [], imports: { ratio: value }, heap: { bytes: value * 1e6 } })
        .filter(({ verdict }) => verdict !== 'not measured')
        .map(({ key, verdict }) => `${key}: ${verdict}`);
    expect(verdicts(0.6)).toEqual(['heap-after-1000000-calls-mb: met', 'import-cpu-to-autobahn: met']);
    expect(verdicts(2)).toEqual(['heap-after-1000000-calls-mb: met', 'import-cpu-to-autobahn: missed']);
    expect(verdicts(2.1)).toEqual(['heap-after-1000000-calls-mb: missed', 'import-cpu-to-autobahn: missed']);
  });
});

test.skipIf(!canMeasureOthers)('[J3] the CPU time of a process is read from the kernel, and an unknown process has none', () => {
  const before = cpuOf(process.pid);
  expect(before).toBeGreaterThan(0);
  expect(cpuOf(process.pid)).toBeGreaterThanOrEqual(before);
  expect(cpuOf(2 ** 30)).toBe(0);
});

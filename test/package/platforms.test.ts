/* The table of `npm run test:platforms`, as far as it can be checked without running a platform. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import pkg from '../../package.json' with { type: 'json' };
import { checkNames } from '../platforms/names.ts';
import { withTable } from '../platforms/page.ts';
import type { Outcome, Platform } from '../platforms/platform.ts';
import { platforms } from '../platforms/platforms.ts';
import { judge } from '../platforms/report.ts';

test('[H10] docs/guide/platforms.md has the table of the tested platforms', () => {
  const page = readFileSync('docs/guide/platforms.md', 'utf8');
  expect(withTable(page, platforms)).toBe(page);
});

test('[H10] the oldest Node.js of package.json is tested, and named in the README like the others', () => {
  const versions = platforms.filter(({ name }) => name === 'Node.js').map(({ version }) => version.split('.')[0] ?? '');
  expect(pkg.engines.node).toMatch(new RegExp(`^>=${versions[0]}\\.`));
  const tested = /Tested with Node\.js ([\d, and]+),/.exec(readFileSync('README.md', 'utf8'))?.[1];
  expect(tested?.match(/\d+/g)).toEqual(versions);
});

describe('the comparison with the table', () => {
  const platform: Platform = {
    name: 'A',
    version: '1',
    packages: [],
    required: true,
    also: ['fake timers'],
    cannot: [{ checks: ['listen', 'drain'], reason: '' }],
    prepare: () => ({ program: '', args: [] }),
  };
  const all = [...checkNames, ...platform.also];
  const isLimit = (check: string): boolean => /^(listen .*|drain)$/.test(check);
  const outcomes = (change: Readonly<Record<string, boolean | undefined>> = {}): readonly Outcome[] =>
    all.flatMap((check) => {
      const ok = check in change ? change[check] : !isLimit(check);
      return ok === undefined ? [] : [{ check, ok, detail: 'why' }];
    });
  const failures = (given: readonly Outcome[], table: Platform = platform): readonly string[] => judge(table, given, true).failures;

  test('[H10] reports nothing when everything is as it says', () => {
    const { passed, cannot } = judge(platform, outcomes(), true);
    expect([failures(outcomes()), passed, cannot]).toEqual([[], all.length - 4, 4]);
  });

  test('[H10] reports a failed check, a limit that has disappeared, a check that was not tried and an unknown one', () => {
    expect(failures(outcomes({ progress: false }))).toEqual(['progress: why']);
    expect(failures(outcomes({ drain: true }))).toEqual(['drain: the table says that it cannot, and it can']);
    expect(failures(outcomes({ progress: undefined, 'fake timers': undefined }))).toEqual(['not tried: progress; fake timers']);
    expect(failures([...outcomes(), { check: 'new', ok: true, detail: '' }])).toEqual(['new: names.ts does not have it']);
  });

  test('[H10] reports a limit for an unknown check', () => {
    const table = { ...platform, cannot: [...platform.cannot, { checks: ['dance'], reason: '' }] };
    expect(failures(outcomes(), table)).toEqual(['dance: the table names it, and there is no such check']);
  });

  test('[H10] fails in CI if a required platform cannot be installed, unless the registry does not answer', () => {
    const red = (isSilent: boolean, isCi: boolean, required = true): number =>
      judge({ ...platform, required }, { whyNot: 'x', isSilent }, isCi).failures.length;
    expect([red(false, true), red(true, true), red(false, false), red(false, true, false)]).toEqual([1, 0, 0, 0]);
  });

  test.each(platforms.map((each) => [`${each.name} ${each.version}`, each] as const))(
    '[H10] has only limits of %s that are checks',
    (_, each) => {
      const unknown = each.cannot.flatMap(({ checks }) =>
        checks.filter((name) => ![...checkNames, ...each.also].some((check) => check === name || check.startsWith(`${name} `))),
      );
      expect(unknown).toEqual([]);
    },
  );
});

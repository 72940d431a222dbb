/* The table of docs/guide/platforms.md: what platforms.ts says, which the runner holds against what happens. */

import { groups } from './names.ts';
import type { Platform } from './platform.ts';
import { isLimited } from './report.ts';

const [begin, end] = ['<!-- platforms: written by npm run test:platforms -- --write -->', '<!-- /platforms -->'];

export function tableOf(platforms: readonly Platform[]): string {
  const head = ['', ...Object.keys(groups), 'what it cannot, and why'];
  const rows = platforms.map((platform) => {
    const cells = Object.values(groups).map((checks) => {
      const can = checks.filter((check) => !isLimited(platform, check)).length;
      if (can === checks.length) return '✓';
      return can === 0 ? '–' : 'in part';
    });
    const reasons = platform.cannot.map(({ checks, reason }) => `${checks.join(', ')}: ${reason}`);
    return [`${platform.name} ${platform.version}`.trim(), ...cells, reasons.join('; ')];
  });
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`.replaceAll('|  |', '| |');
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}

/** The page with this table in place of the one in it. */
export function withTable(page: string, platforms: readonly Platform[]): string {
  const [before, after] = [page.indexOf(begin), page.indexOf(end)];
  if (before < 0 || after < before) throw new Error(`expected ${begin} and ${end} in the page`);
  return `${page.slice(0, before)}${begin}\n\n${tableOf(platforms)}\n\n${page.slice(after)}`;
}

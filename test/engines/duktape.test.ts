/*
 * Duktape is an ECMAScript 5 engine without a page around it. It plays what went over the wire in the old realm (realm.ts), where the far
 * end was the real router: every byte it sends must be the same.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { onPath } from './drive.ts';
import { playInOldRealm } from './realm.ts';
import { filesOf, ladders, type Outcome, openTheatre, pageFile } from './theatre.ts';

const file = onPath('duk');

describe.skipIf(!file)(`Duktape${file ? '' : ': NOT HERE, NOT TESTED (the package duktape)'}`, () => {
  test.each(ladders)('$name sends the same bytes as in a current engine, with the same results', async (ladder) => {
    const theatre = await openTheatre();
    const options = { ...theatre.options, isShort: true };
    const { tape, outcomes } = await playInOldRealm(ladder, options);
    await theatre.close();
    const files = [pageFile('scripted-socket.js'), ...filesOf(ladder, true, 'storage.js')];
    const code = files.map((script) => readFileSync(script, 'utf8'));
    code.push(`window.options = ${JSON.stringify(options)};`, `window.tape = ${ascii(JSON.stringify(tape))};`);
    code.push(readFileSync(pageFile('play.js'), 'utf8'));

    const folder = mkdtempSync(path.join(os.tmpdir(), 'autostrada-duktape-'));
    try {
      const program = path.join(folder, 'all.js');
      writeFileSync(program, code.join('\n'));
      const { stdout } = await promisify(execFile)(file ?? '', [program], { encoding: 'latin1', maxBuffer: 2 ** 26 });
      const report: { outcomes: Outcome[]; mismatches: string[] } = JSON.parse(/^REPORT (.*)$/m.exec(stdout)?.[1] ?? '{}');
      expect(report.mismatches).toEqual([]);
      expect(report.outcomes.filter(([, error]) => error)).toEqual([]);
      expect(report.outcomes.map(([name]) => name)).toEqual(outcomes.map(([name]) => name));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** As JavaScript that is ASCII: Duktape reads files its own way. */
function ascii(json: string): string {
  return json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

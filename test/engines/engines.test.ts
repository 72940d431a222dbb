/*
 * The scripts in real engines, over real WebSockets: once as the engine is, once without what Internet Explorer 10 does not have. An
 * engine that is not here is skipped, and says so.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { drive, type Engine, engines } from './drive.ts';
import { openTheatre, type Report, type Theatre } from './theatre.ts';

/** What old engines lack, and the standard has. */
const standard = ['AbortController', 'AbortSignal', 'Map', 'Promise', 'Set', 'Symbol', 'WeakMap', 'globalThis'];

const ours = ['autostrada', 'autobahn'];

let theatre: Theatre;
// A router of its own for each: it makes who fails to log in wait longer each time, as the suite does on purpose.
beforeEach(async () => {
  theatre = await openTheatre();
});
afterEach(() => theatre?.close());

const found = await Promise.all(
  engines.map(async (engine): Promise<[Engine, string | undefined]> => [engine, await engine.find()]),
);

for (const [engine, file] of found) {
  describe.skipIf(!file)(`${engine.name}${file ? '' : `: NOT HERE, NOT TESTED (${engine.hint})`}`, () => {
    test.each([
      ['as it is', false],
      ['without what Internet Explorer 10 does not have', true],
    ])('%s', async (_, isIe10) => {
      const report: Report = await drive(engine, file ?? '', theatre, isIe10);
      expect(report.outcomes.filter(([, error]) => error)).toEqual([]);
      expect(report.outcomes.length).toBe(42);
      expect(report.complaints).toEqual([]);
      expect(report.added.filter((name) => !ours.includes(name) && !standard.includes(name))).toEqual([]);
      console.log(`${engine.name}: ${report.agent}${report.left.length > 0 ? `; not taken away: ${report.left.join(', ')}` : ''}`);
    });
  });
}

/*
 * The scripts in real engines, over real WebSockets: once as the engine is, once without what Internet Explorer 10 does not have. An
 * engine that is not here is skipped, and says so.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { drive, type Engine, engines } from './drive.ts';
import { ladders, openTheatre, type Report, standardGlobals, type Theatre } from './theatre.ts';

let theatre: Theatre;
// A router of its own for each: it makes who fails to log in wait longer each time, as the suites do on purpose.
beforeEach(async () => {
  theatre = await openTheatre();
});
afterEach(() => theatre?.close());

const found = await Promise.all(
  engines.map(async (engine): Promise<[Engine, string | undefined]> => [engine, await engine.find()]),
);

for (const [engine, file] of found) {
  describe.skipIf(!file)(`${engine.name}${file ? '' : `: NOT HERE, NOT TESTED (${engine.hint})`}`, () => {
    describe.each(ladders)('$name', (ladder) => {
      test.each([
        ['as it is', false],
        ['without what Internet Explorer 10 does not have', true],
      ])('%s', async (_, isIe10) => {
        const report: Report = await drive(engine, file ?? '', theatre, theatre.url(ladder, isIe10));
        expect(report.outcomes.filter(([, error]) => error)).toEqual([]);
        expect(report.outcomes.length).toBe(ladder.steps);
        expect(report.complaints).toEqual([]);
        const known = [...ladder.globals, ...standardGlobals];
        expect(report.added.filter((name) => !known.includes(name))).toEqual([]);
        const left = report.left.length > 0 ? `; not taken away: ${report.left.join(', ')}` : '';
        console.log(`${engine.name}, ${ladder.name}: ${report.agent}${left}`);
      });
    });
  });
}

/*
 * The text of docs/benchmarks.md with the numbers of a run. It is kept by hand, but for what stands between `<!-- run: NAME -->` and `<!-- /run -->`.
 */
import { shown, tablesOf } from './report.mjs';
import { titles } from './rows.mjs';

/** Only where they are named do these parts run, so the page keeps their tables by hand, with a date. */
const keptByHand = ['carry', 'client', 'cluster'];

/** What the page has by name. @param {object} run @returns {Record<string, string>} */
export function regionsOf(run) {
  const tables = Object.entries(tablesOf(run)).filter(([part]) => !keptByHand.includes(part));
  return { about: aboutOf(run), verdicts: verdictsOf(run), ...Object.fromEntries(tables) };
}

/** The page with the numbers of a run. Throws if the page has a place for something that was not measured, or none for something that was. */
export function pageOf(text, run) {
  const regions = regionsOf(run);
  const missing = new Set(Object.keys(regions));
  const result = text.replace(/(<!-- run: (\w+) -->\n)[\s\S]*?(<!-- \/run -->)/g, (_, begin, name, end) => {
    if (!(name in regions)) throw new Error(`expected a whole run, got one without ${name}: npm run bench -- --json FILE`);
    missing.delete(name);
    return `${begin}\n${regions[name].trim()}\n\n${end}`;
  });
  if (missing.size > 0)
    throw new Error(`expected a place in docs/benchmarks.md for each part of the run, got none for ${[...missing].join(', ')}`);
  return result;
}

function aboutOf({ about }) {
  const { date, commit, node, system, cpu, load, seconds, rounds, msPerRun, isQuick } = about;
  const warning = isQuick ? '\n\n**This was a quick run (`--quick`), to try the bench. Its numbers mean little.**' : '';
  const of = commit ? `, commit \`${commit}\`` : '';
  return (
    `Run of ${date}${of}, Node.js ${node}, ${cpu}, ${system}. It took ${(seconds / 60).toFixed(0)} minutes, with ${rounds} interleaved runs ` +
    `of ${msPerRun} ms each. The load average was ${load.toFixed(1)} at its end, its own processes included.${warning}`
  );
}

/** In words: how many bars are met, and which are not. */
export function verdictsOf({ rows }) {
  const of = (verdict) => rows.filter((row) => row.verdict === verdict);
  const [met, missed, unknown] = [of('met'), of('missed'), of('not measured')];
  const lines = [
    ...missed.map(
      ({ key, value, bar, why }) => `- missed: ${titles[key]}: ${value}, and the bar is ${shown(bar)}${why ? `; ${why}` : ''}`,
    ),
    ...unknown.map(({ key, why }) => `- not measured: ${titles[key]}, because ${why}`),
  ];
  const counts = `Of ${rows.length} bars ${met.length} are met, ${missed.length} missed and ${unknown.length} not measured.`;
  return [counts, ...(lines.length > 0 ? ['', ...lines] : [])].join('\n');
}

/** What of a run the page needs, with numbers as exact as anybody reads them. */
export function publishedOf(run) {
  return JSON.parse(
    JSON.stringify(run, (key, value) => {
      if (key === 'rates') return undefined;
      return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
    }),
  );
}

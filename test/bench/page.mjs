/*
 * npm run bench:page -- FILE: writes the numbers of a run into docs/benchmarks.md, its plots into docs/images/, and what both are made from into published.json. `--check`
 * writes nothing: it compares page and plots with published.json.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { pageOf, publishedOf, verdictsOf } from './page-text.mjs';
import { plotsOf } from './plots.mjs';

const usage = `Usage: npm run bench:page -- FILE       of npm run bench -- --json FILE
       npm run bench:page -- --check    do page and plots show test/bench/published.json?
`;
const root = new URL('../../', import.meta.url);
const page = 'docs/benchmarks.md';
const published = 'test/bench/published.json';
const read = (file) => readFileSync(new URL(file, root), 'utf8');

/** What is made of a run: texts by file. */
function filesOf(run) {
  const plots = Object.entries(plotsOf(run)).map(([name, svg]) => [`docs/images/${name}`, svg]);
  return { [page]: pageOf(read(page), run), ...Object.fromEntries(plots), [published]: `${JSON.stringify(run, null, 2)}\n` };
}

function write(file) {
  const run = publishedOf(JSON.parse(readFileSync(file, 'utf8')));
  const files = filesOf(run);
  for (const [name, text] of Object.entries(files)) writeFileSync(new URL(name, root), text);
  process.stdout.write(`${verdictsOf(run)}\n\nwritten: ${Object.keys(files).join(', ')}\n`);
}

function check() {
  for (const [name, text] of Object.entries(filesOf(JSON.parse(read(published))))) {
    const isSame = read(name) === text;
    process.stdout.write(`${name}: ${isSame ? 'as the run says' : 'differs from what the run makes of it'}\n`);
    if (!isSame) process.exitCode = 1;
  }
}

const [argument] = process.argv.slice(2);
if (argument === '--check') check();
else if (argument) write(argument);
else {
  process.stderr.write(usage);
  process.exitCode = 2;
}

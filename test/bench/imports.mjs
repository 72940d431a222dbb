/* What it costs Node.js to import a package: CPU of a process that does nothing else, without that of a process that imports nothing. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from './statistics.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const programs = { none: '', autostrada: 'import "autostrada"', autobahn: 'import "autobahn"' };

/** In milliseconds. */
function cpuOf(program) {
  const code = `${program}; process.on('exit', () => { const { user, system } = process.cpuUsage(); console.log((user + system) / 1000); });`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr.slice(0, 500));
  return Number(stdout);
}

/** @param {{ imports: number }} plan - Rounds. */
export function measureImports({ imports }) {
  const rounds = Array.from({ length: imports }, () => {
    const { none, autostrada, autobahn } = Object.fromEntries(Object.entries(programs).map(([name, code]) => [name, cpuOf(code)]));
    process.stderr.write('.');
    return { ours: autostrada - none, theirs: autobahn - none, ratio: (autostrada - none) / (autobahn - none) };
  });
  const of = (name) => median(rounds.map((round) => round[name]));
  return { ours: of('ours'), theirs: of('theirs'), ratio: of('ratio') };
}

/* Where and when a run was made. */
import { execFileSync } from 'node:child_process';
import { cpus, loadavg, type } from 'node:os';

/** @param {{ rounds: number, ms: number }} plan @param {boolean} isQuick @param {number} seconds */
export function aboutThis({ rounds, ms }, isQuick, seconds) {
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: commit(),
    node: process.version,
    system: type(),
    cpu: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
    load: loadavg()[0],
    seconds,
    rounds,
    msPerRun: ms,
    isQuick,
  };
}

/** Of the sources; empty where they are not in a repository. */
function commit() {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: import.meta.dirname, encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

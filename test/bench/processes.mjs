/* The CPU time of a process that is not ours, with its children and all of their threads: Linux only. */
import { readdirSync, readFileSync } from 'node:fs';

/** The kernel counts in hundredths of a second. */
const MICROSECONDS_A_TICK = 10_000;

export const canMeasureOthers = process.platform === 'linux';

/** @param {number} pid @returns User and system time of all of them, in microseconds. Those that have ended count as well. */
export function cpuOf(pid) {
  const all = new Map();
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? statOf(name) : undefined;
    if (stat) all.set(Number(name), stat);
  }
  const isIn = (id) => id === pid || (all.has(id) && isIn(all.get(id).parent));
  let ticks = 0;
  for (const [id, stat] of all) if (isIn(id)) ticks += stat.ticks;
  return ticks * MICROSECONDS_A_TICK;
}

/** proc(5): the second field is a name in parentheses, which may hold spaces. */
function statOf(name) {
  let text;
  try {
    text = readFileSync(`/proc/${name}/stat`, 'utf8');
  } catch {
    return undefined; // it has ended meanwhile
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [user, system, endedUser, endedSystem] = fields.slice(11, 15).map(Number);
  return { parent: Number(fields[1]), ticks: user + system + endedUser + endedSystem };
}

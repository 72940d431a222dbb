/*
 * Whether something of a process group still runs. A process that has ended stays in its group until its parent, or process 1, takes note of it; in a container
 * without an init nobody does.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** The state and the process group in `/proc/PID/stat`, counted after the name of the program. */
const STATE = 0;
const GROUP = 2;

/** @returns True if the system does not say. */
export function hasLiving(group: number): boolean {
  let ids: readonly string[];
  try {
    ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return true;
  }
  if (ids.length === 0) return true;
  return ids.some((id) => {
    try {
      const stat = readFileSync(`/proc/${id}/stat`, 'latin1');
      const parts = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return parts[GROUP] === String(group) && !/^[ZX]$/.test(parts[STATE] ?? '');
    } catch {
      return false; // it has ended meanwhile
    }
  });
}

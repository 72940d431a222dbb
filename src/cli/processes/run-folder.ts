/*
 * The folder of the sockets of several processes: that of the hub, and those of each process, named after it. Whoever ends last removes it; what nobody could remove, because
 * all were killed, is removed at the next start.
 */
import { mkdtempSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';

/** The name of the sockets of a process begins with it. */
export function socketName(pid: number | undefined): string {
  return `w${pid}`;
}

/** @param parent - Only this user may enter it. */
export async function openRunFolder(parent: string): Promise<string> {
  for (const name of namesIn(parent)) if (/^p\d+-[\w-]{6}$/.test(name)) await removeIfOver(path.join(parent, name));
  return mkdtempSync(path.join(parent, `p${process.pid}-`));
}

/** What a process leaves behind when it is killed. */
export function removeSocketsOf(folder: string, pid: number | undefined): void {
  for (const name of namesIn(folder)) if (name.startsWith(`${socketName(pid)}p`)) rmSync(path.join(folder, name), { force: true });
}

/** For the processes whose starter was killed. The last one of them removes the folder. */
export function leaveRunFolder(hub: string): void {
  rmSync(hub, { force: true });
  const folder = path.dirname(hub);
  removeSocketsOf(folder, process.pid);
  try {
    rmdirSync(folder);
  } catch {
    // another process still uses it
  }
}

async function removeIfOver(folder: string): Promise<void> {
  const open = await Promise.all(namesIn(folder).map((name) => isOpen(path.join(folder, name))));
  if (!open.includes(true)) rmSync(folder, { recursive: true, force: true });
}

/** Whether a process has it. An id would not say it: another process may have the same now. */
function isOpen(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket, () => {
      connection.destroy();
      resolve(true);
    });
    connection.once('error', () => resolve(false));
  });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // another process has just removed it
  }
}

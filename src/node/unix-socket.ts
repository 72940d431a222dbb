/* A unix socket to listen at, where a dead process may have left one. */
import { statSync, unlinkSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import { show } from '../protocol/checks.ts';

/** What the system has room for, one byte for the end apart. It cuts a longer path off, and two paths become one. */
const MAX_PATH_BYTES = process.platform === 'linux' ? 107 : 103;

/** @throws TypeError for a path that is empty or too long. */
export function checkedSocketPath(path: unknown): string {
  if (typeof path !== 'string' || path === '') throw new TypeError(`expected socketPath to be a path, got ${show(path)}`);
  const bytes = Buffer.byteLength(path);
  if (bytes > MAX_PATH_BYTES)
    throw new TypeError(`expected socketPath to be of at most ${MAX_PATH_BYTES} bytes, got ${bytes}: '${path}'`);
  return path;
}

/**
 * As `server.listen`, but the socket file of a process that is gone is taken away first.
 *
 * @throws Node's error: `EADDRINUSE` where somebody listens, or where the file is no socket.
 */
export async function listenAt(server: Server, path: string): Promise<void> {
  checkedSocketPath(path);
  try {
    await listening(server, path);
  } catch (error) {
    const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    if (!isTaken || !statSync(path, { throwIfNoEntry: false })?.isSocket() || (await isAlive(path))) throw error;
    unlinkSync(path);
    await listening(server, path);
  }
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    // Anything but a refusal, as a permission that is missing, leaves the file alone.
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'ECONNREFUSED'));
  });
}

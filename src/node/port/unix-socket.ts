/* Listens at a unix socket, even if a dead process has left its file. */
import { statSync, unlinkSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import { show } from '../../base/checks.ts';

/** The longest path that the system has room for, without the zero byte at its end. It cuts off a longer path, so that two paths could become one. */
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
 * Like `server.listen`, but removes the socket file of a dead process first.
 *
 * @throws Node's error: `EADDRINUSE` if another process listens, or if the file is not a socket.
 */
export async function listenAt(server: Server, path: string): Promise<void> {
  checkedSocketPath(path);
  try {
    await listening(server, path);
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
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
    // Only a refused connection means a dead process. After any other error, such as a missing permission, the file stays.
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'ECONNREFUSED'));
  });
}

/* A unix socket to listen at, where a dead process may have left one. */
import { statSync, unlinkSync } from 'node:fs';
import { connect, type Server } from 'node:net';

/**
 * As `server.listen`, but the socket file of a process that is gone is taken away first.
 *
 * @throws Node's error: `EADDRINUSE` where somebody listens, or where the file is no socket.
 */
export async function listenAt(server: Server, path: string): Promise<void> {
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

/* A unix socket that only this user may connect to. */
import { chmodSync, rmSync } from 'node:fs';
import type { Server } from 'node:net';

/** macOS takes no more; Linux takes four more. */
const MAX_PATH_BYTES = 103;

/** @param path - A named pipe on Windows. What is left of an earlier process is removed. */
export async function listenPrivately(server: Server, path: string): Promise<void> {
  if (process.platform !== 'win32' && Buffer.byteLength(path) > MAX_PATH_BYTES)
    throw new Error(
      `expected the path of a unix socket to have at most ${MAX_PATH_BYTES} bytes, got ${Buffer.byteLength(path)}: ${path}; choose a shorter folder (AUTOSTRADA_RUNTIME_DIR)`,
    );
  removeSocket(path);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  if (process.platform !== 'win32') chmodSync(path, 0o600);
}

export function removeSocket(path: string): void {
  if (process.platform !== 'win32') rmSync(path, { force: true });
}

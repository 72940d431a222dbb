/* A unix socket that only this user may connect to. */
import { chmodSync, rmSync } from 'node:fs';
import type { Server } from 'node:net';

/** @param path - A named pipe on Windows. What is left of an earlier process is removed. */
export async function listenPrivately(server: Server, path: string): Promise<void> {
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

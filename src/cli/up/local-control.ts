/*
 * How commands such as `autostrada ps` reach an `autostrada up` of the same user without a login: a unix socket in a folder that only this user may enter. Behind
 * it is a router of its own, with nothing but the components. A file with a key would be a secret on a disk, and would need a port that it fits.
 */
import { lstatSync, mkdirSync, readdirSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Connection } from '../../index.ts';
import { type Listener, listen, rawSocket } from '../../node/index.ts';
import { Router } from '../../router/index.ts';
import type { Env } from '../running/login.ts';

const REALM = 'local';

export interface LocalControl {
  /** In this process, for the procedures. */
  readonly connection: Connection;
  close(): Promise<void>;
}

/** The folder of the sockets: AUTOSTRADA_RUNTIME_DIR, or one of this user among the temporary files. */
export function runtimeFolder(env: Env): string {
  return env.AUTOSTRADA_RUNTIME_DIR || path.join(tmpdir(), `autostrada-${process.getuid?.() ?? 'user'}`);
}

/** The same folder, made if it is not there. @throws Error when it belongs to somebody else. */
export function privateFolder(env: Env): string {
  const folder = runtimeFolder(env);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  expectPrivate(folder);
  return folder;
}

/** @throws Error when the folder belongs to somebody else. */
export async function openLocalControl(env: Env): Promise<LocalControl> {
  const folder = privateFolder(env);
  const quiet = { log: (): void => {} };
  const router = new Router({ realms: { [REALM]: 'open' } }, quiet);
  const listener: Listener = await listen(router, {
    socketPath: path.join(folder, `${process.pid}.sock`),
    protocols: ['rawsocket'],
  });
  const connection = new Connection({ url: router.as({ authrole: 'autostrada.up' }), realm: REALM });
  connection.on('error', () => {}); // there is nobody to tell
  await connection.open();
  return {
    connection,
    close: async () => {
      await connection.close();
      await listener.close();
      await router.close();
    },
  };
}

/** One `autostrada up` of this user. */
export interface LocalUp {
  readonly pid: number;
  readonly connection: Connection;
}

/** Connects to those that run. The caller closes the connections. */
export async function findLocalUps(env: Env): Promise<readonly LocalUp[]> {
  const folder = runtimeFolder(env);
  let names: readonly string[];
  try {
    expectPrivate(folder);
    names = readdirSync(folder);
  } catch {
    return []; // none has run yet
  }
  const ups = names.map(async (name): Promise<LocalUp | undefined> => {
    const pid = Number(/^(\d+)\.sock$/.exec(name)?.[1] ?? Number.NaN);
    if (Number.isNaN(pid)) return undefined;
    const file = path.join(folder, name);
    const connection = new Connection({ url: rawSocket(`unix:${file}`), realm: REALM, retry: false });
    connection.on('error', () => {}); // `open` rejects
    try {
      await connection.open();
      return { pid, connection };
    } catch {
      await connection.close();
      if (!isRunning(pid)) remove(file); // it was killed
      return undefined;
    }
  });
  return (await Promise.all(ups)).filter((up) => up !== undefined);
}

/** Another user could have made it first. */
function expectPrivate(folder: string): void {
  if (process.platform === 'win32') return;
  const { uid, mode } = lstatSync(folder);
  const isPrivate = uid === process.getuid?.() && (mode & 0o077) === 0 && lstatSync(folder).isDirectory();
  if (!isPrivate)
    throw new Error(`expected ${folder} to be a folder that only this user may enter: set AUTOSTRADA_RUNTIME_DIR to another one`);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function remove(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // somebody else was quicker
  }
}

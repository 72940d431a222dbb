// The bundlers and Jest that our users have: installed once per lock file, under node_modules/.cache, with the package as npm would publish it.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import pkg from '../../package.json' with { type: 'json' };
import { pack } from '../package/pack.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const noRegistry = /ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONN(REFUSED|RESET|ABORTED)|ENETUNREACH|SOCKET_TIMEOUT|network|E(429|50[0-9])/;

export interface Tools {
  /** With a `node_modules` in it. */
  readonly folder: string;
  /** Why there is none: the registry does not answer, which says nothing about this code. */
  readonly problem?: string;
}

/**
 * @param what - The folder beside this file that has their `package.json` and lock file.
 * @throws when the installation fails for another reason than the network.
 */
export function installTools(what: 'tools' | 'typescripts' = 'tools'): Tools {
  const lock = readFileSync(path.join(import.meta.dirname, what, 'package-lock.json'));
  const cache = path.join(root, 'node_modules/.cache/autostrada-consumers');
  const folder = path.join(cache, createHash('sha256').update(lock).digest('hex').slice(0, 12));
  if (existsSync(folder)) return { folder };
  const unfinished = path.join(cache, `unfinished-${what}`);
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  for (const file of ['package.json', 'package-lock.json'])
    cpSync(path.join(import.meta.dirname, what, file), path.join(unfinished, file));
  const command = 'npm ci --ignore-scripts --prefer-offline --no-audit --no-fund';
  const { status, stderr } = spawnSync(command, { cwd: unfinished, shell: true, encoding: 'utf8', timeout: 300_000 });
  if (status !== 0) {
    if (status === null || noRegistry.test(stderr)) return { folder: unfinished, problem: 'the npm registry does not answer' };
    throw new Error(`${command} failed:\n${stderr}`);
  }
  renameSync(unfinished, folder);
  return { folder };
}

/** Puts the package there, as it is now. Its own dependencies are those of the repository. */
export function installPackage(folder: string): void {
  const modules = path.join(folder, 'node_modules');
  const installed = path.join(modules, 'autostrada');
  rmSync(installed, { recursive: true, force: true });
  mkdirSync(installed, { recursive: true });
  const packed = pack();
  execFileSync('tar', ['-xzf', packed.tarball, '-C', installed, '--strip-components=1']);
  rmSync(packed.folder, { recursive: true, force: true });
  const own = path.join(installed, 'node_modules');
  for (const name of Object.keys(pkg.dependencies)) {
    mkdirSync(path.dirname(path.join(own, name)), { recursive: true });
    symlinkSync(path.join(root, 'node_modules', name), path.join(own, name), 'junction');
  }
}

/*
 * Gets platforms from npm, by name and version, into `.cache/platforms/` (or `PLATFORMS_CACHE`), and the package as npm would publish it into a folder
 * outside of the repository, so that nothing of the repository's `node_modules` is found from there. Installations run beside each other.
 */
import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import pkg from '../../package.json' with { type: 'json' };
import { missing } from '../interop/install.ts';
import type { Missing } from '../interop/peer.ts';
import { pack } from '../package/pack.mjs';

const here = import.meta.dirname;
const cache = process.env.PLATFORMS_CACHE ?? path.join(here, '../../.cache/platforms');

/** Rejects with what it said. */
export async function step(program: string, args: readonly string[], cwd: string): Promise<void> {
  await promisify(execFile)(program, args, { cwd, timeout: 300_000, maxBuffer: 2 ** 26 });
}

/** It says why it fails, also below an `npm run --silent`. */
const npmInstall = (packages: readonly string[], cwd: string): Promise<void> =>
  step('npm', ['install', '--loglevel=error', '--no-audit', '--no-fund', '--prefer-offline', ...packages], cwd);

/** A folder with these packages in its `node_modules`: made anew unless it is complete for this request. */
export async function toolsOf(name: string, packages: readonly string[]): Promise<string | Missing> {
  const folder = path.join(cache, name);
  const mark = path.join(folder, 'installed');
  const request = packages.join(' ');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === request) return folder;
  for (let attempt = 1; ; attempt++) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'package.json'), '{ "private": true }');
    try {
      if (packages.length > 0) await npmInstall(packages, folder);
      writeFileSync(mark, request);
      return folder;
    } catch (error) {
      const why = missing(error);
      if (!why.isSilent || attempt === 2) return why;
    }
  }
}

/** A folder with the package and all that npm gets for it. The caller removes it. */
export async function installPackage(): Promise<string | Missing> {
  const packed = pack();
  const folder = mkdtempSync(path.join(realpathSync(tmpdir()), 'autostrada-platforms-'));
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true }');
  try {
    await npmInstall([packed.tarball, `msgpackr@${pkg.devDependencies.msgpackr}`], folder);
    return folder;
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    return missing(error);
  } finally {
    rmSync(packed.folder, { recursive: true, force: true });
  }
}

/** The program's folder, below the one with the package. */
export function newProject(root: string, name: string, tools: string): string {
  const project = path.join(root, name);
  mkdirSync(path.join(project, 'node_modules'), { recursive: true });
  const installed = path.join(tools, 'node_modules');
  for (const entry of existsSync(installed) ? readdirSync(installed) : [])
    if (!entry.startsWith('.')) symlinkSync(path.join(installed, entry), path.join(project, 'node_modules', entry), 'junction');
  for (const file of ['checks.mjs', 'logins.mjs']) cpSync(path.join(here, file), path.join(project, file));
  cpSync(path.join(here, 'hosts'), project, { recursive: true });
  writeFileSync(path.join(project, 'package.json'), '{ "private": true }');
  return project;
}

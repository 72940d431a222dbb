// Packs what would be published. Used by check.mjs and by the tests of the tarball.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

/** Stops with a sentence that helps when there is no build. */
export function requireBuild() {
  if (!existsSync(path.join(root, 'dist/index.js'))) throw new Error('dist/ is missing: run `npm run build` first');
}

/**
 * Runs `npm pack` into a temporary folder.
 *
 * @returns {{ folder: string, tarball: string }} The folder is the caller's to remove.
 */
export function pack() {
  requireBuild();
  const folder = mkdtempSync(path.join(tmpdir(), 'autostrada-pack-'));
  // A shell, because npm is npm.cmd on Windows; the folder is quoted, because it may hold blanks.
  execFileSync(`npm pack --silent --pack-destination "${folder}"`, {
    cwd: root,
    shell: true,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const name = readdirSync(folder).find((file) => file.endsWith('.tgz'));
  if (!name) throw new Error(`npm pack left no tarball in ${folder}`);
  return { folder, tarball: path.join(folder, name) };
}

/*
 * The build that others are compared with: of a commit from before payloads were carried. Made once, by `npm run build` in a worktree of its
 * own, and kept in node_modules/.cache, which git ignores.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const BASE_COMMIT = 'bc95dc3';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The URL of this checkout's build. */
export const ours = new URL('../../dist/', import.meta.url).href;

/**
 * @param {string | undefined} given - A checkout that has been built, in place of our own.
 * @returns {string} The URL of its `dist/`.
 */
export function baseBuild(given) {
  if (given !== undefined) return folder(resolve(given));
  const modules = realpathSync(join(root, 'node_modules'));
  const kept = join(modules, '.cache/autostrada-bench', BASE_COMMIT);
  if (!existsSync(join(kept, 'dist/router.js'))) {
    process.stderr.write(`building ${BASE_COMMIT}, once …\n`);
    const parent = mkdtempSync(join(tmpdir(), 'autostrada-bench-'));
    const tree = join(parent, BASE_COMMIT);
    const git = (...args) => execFileSync('git', ['-C', root, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
    git('worktree', 'add', '--detach', tree, BASE_COMMIT);
    try {
      symlinkSync(modules, join(tree, 'node_modules'));
      execFileSync('npm', ['run', 'build'], { cwd: tree, stdio: ['ignore', 'ignore', 'inherit'] });
      mkdirSync(kept, { recursive: true });
      cpSync(join(tree, 'dist'), join(kept, 'dist'), { recursive: true });
      cpSync(join(tree, 'package.json'), join(kept, 'package.json'));
    } finally {
      git('worktree', 'remove', '--force', tree);
      rmSync(parent, { recursive: true, force: true });
    }
  }
  return folder(kept);
}

function folder(checkout) {
  if (!existsSync(join(checkout, 'dist/router.js'))) throw new Error(`expected a build in ${checkout}/dist`);
  return pathToFileURL(join(checkout, 'dist/')).href;
}

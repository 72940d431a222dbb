// What users' tools will say about the package: publint (is package.json right?) and attw (do the types resolve everywhere?).
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { pack } from './pack.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const { folder, tarball } = pack();
const run = (script, ...args) =>
  spawnSync(process.execPath, [path.join(root, 'node_modules', script), ...args], { stdio: 'inherit' }).status;
try {
  // The default profile of attw includes node10, which finds the sub-paths by their stub folders.
  const failed = [
    run('publint/src/cli.js', tarball, '--strict'),
    // The schema is for editors, which read it by its path; `require` of JSON has no types in node10.
    run(
      '@arethetypeswrong/cli/dist/index.js',
      tarball,
      '--format',
      'ascii',
      '--no-emoji',
      '--exclude-entrypoints',
      'router.schema.json',
    ),
  ];
  process.exitCode = failed.some((status) => status !== 0) ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

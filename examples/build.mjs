// Before `npm start`: builds dist/ if it is missing.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// The last file that the build writes.
if (!existsSync(new URL('../dist/autostrada.min.js', import.meta.url))) {
  if (!existsSync(new URL('../node_modules', import.meta.url))) {
    console.error('npm start: the dependencies are missing: run npm ci first');
    process.exit(1);
  }
  console.log('Building dist/, this once …');
  // By a shell: npm is npm.cmd on Windows.
  const { status } = spawnSync('npm run build', {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: 'inherit',
    shell: true,
  });
  process.exitCode = status ?? 1;
}

/*
 * Completes package-lock.json after an install from a registry that has not every system's binaries (rollup, biome, msgpackr-extract):
 * npm then leaves them out of the lock file, and `npm ci` refuses the file, everywhere. Their versions are pinned by their parents;
 * what is added has no integrity, because that needs the file.
 *
 * Usage: node test/package/lock.mjs [package-lock.json]
 */
import { readFileSync, writeFileSync } from 'node:fs';

/** Optional packages that another one names and that are not in `packages`, as `[name, version, isDev]`. */
export function missingFrom(packages) {
  return Object.entries(packages).flatMap(([parent, { optionalDependencies = {}, dev = false }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !packages[`node_modules/${name}`] && !packages[`${parent}/node_modules/${name}`])
      .map(([name, version]) => [name, version, dev]),
  );
}

/** A lock entry, its conditions read from the name, as in `@rollup/rollup-linux-x64-musl`. */
function entryOf(name, version, dev) {
  const [, os, cpu, abi] = /-([a-z]+(?:32)?)-([a-z0-9]+?)(?:-(\w+))?$/.exec(name) ?? [];
  if (!os || !cpu || !/^[\d.]+$/.test(version)) throw new Error(`${name} ${version} is no platform package with an exact version`);
  const libc = os === 'linux' && abi ? { libc: [abi.startsWith('musl') ? 'musl' : 'glibc'] } : {};
  return { version, cpu: [cpu], ...(dev ? { dev } : {}), ...libc, optional: true, os: [os] };
}

if (import.meta.filename === process.argv[1]) {
  const file = process.argv[2] ?? new URL('../../package-lock.json', import.meta.url);
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const missing = missingFrom(lock.packages);
  for (const [name, version, dev] of missing) lock.packages[`node_modules/${name}`] = entryOf(name, version, dev);
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`${missing.length} added`);
}

/* Where a program is, so that a missing one is reported by a clear error. */
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';

/** The file to run. @throws Error that says what is missing. */
export function findProgram(name: string, cwd: string, env: { readonly [name: string]: string | undefined }): string {
  if (!isFolder(cwd)) throw new Error(`expected cwd to be a folder, got '${cwd}'`);
  if (process.platform === 'win32') return name; // the system looks for it
  if (name.includes('/')) {
    const file = path.resolve(cwd, name);
    if (isProgram(file)) return file;
    throw new Error(`expected a program that may be run, got '${file}'`);
  }
  const folders = (env.PATH ?? '/usr/local/bin:/usr/bin:/bin').split(':');
  const found = folders.map((folder) => path.resolve(cwd, folder, name)).find(isProgram);
  if (found === undefined) throw new Error(`expected a program on the PATH, got '${name}', which is not there`);
  return found;
}

function isFolder(name: string): boolean {
  return statSync(name, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

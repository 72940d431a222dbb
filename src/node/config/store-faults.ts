/* What is wrong with the store of a configuration beyond its types. Nothing is opened. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { asList, isDict } from '../../base/checks.ts';
import type { Complaint } from './faults.ts';
import type { FileParts } from './parts.ts';

/** A store below the pages could be read by everybody. Paths are absolute. */
export function storeFaults({ store, listen }: FileParts): readonly Complaint[] {
  const folder = isDict(store) ? store.folder : undefined;
  if (typeof folder !== 'string') return [];
  if (folder === '') return [{ path: 'config.store.folder', text: 'expected a folder, got an empty text' }];
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === false)
    return [{ path: 'config.store.folder', text: `expected a folder, got a file: ${folder}` }];
  const served = asList(listen ?? []).flatMap((port) => (isDict(port) ? foldersOf(port.web) : []));
  const around = served.find((each) => isServed(path.relative(each, folder)));
  if (around === undefined) return [];
  const text = `expected a folder that is not served, got ${folder}: everybody could read it, because the pages are in ${around}`;
  return [{ path: 'config.store.folder', text }];
}

function foldersOf(web: unknown): readonly string[] {
  const all = isDict(web) ? [web.folder, ...(isDict(web.also) ? Object.values(web.also) : [])] : [web];
  return all.filter((each) => typeof each === 'string').filter((each) => each !== '');
}

/** Hidden files are not served. */
function isServed(relative: string): boolean {
  const parts = relative.split(path.sep);
  return !path.isAbsolute(relative) && parts.every((part) => !part.startsWith('.') || part === '.well-known');
}

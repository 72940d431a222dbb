/*
 * What is said about the static files of a port.
 */
import { statSync } from 'node:fs';
import { type Check, isDict, string } from '../../base/checks.ts';
import { bool, checkOptions } from '../../base/options.ts';

export interface PagesConfig {
  /** The directory. */
  readonly folder: string;
  /**
   * `true`: paths without a file, and without a dot in their last part, are answered with `index.html`, as an application with its own routes needs it. Default
   * `false`: 404.
   */
  readonly singlePage?: boolean | undefined;
  /**
   * The header `Cache-Control` by the beginning of the path; the longest one that fits counts: `{ "/assets/": "public, max-age=31536000, immutable" }` for
   * files whose names change with their content. Default `no-cache`: browsers ask each time whether a file has changed.
   */
  readonly cacheControl?: { readonly [path: string]: string } | undefined;
}

const isFolder: Check = (value) =>
  typeof value === 'string' && statSync(value, { throwIfNoEntry: false })?.isDirectory() ? undefined : 'a directory';

const isHeader = (value: unknown): boolean => typeof value === 'string' && /^[\x20-\x7e]+$/.test(value);

const cacheControl: Check = (value) =>
  isDict(value) && Object.entries(value).every(([path, header]) => path.startsWith('/') && isHeader(header))
    ? undefined
    : "an object of paths that begin with '/', each with a text such as 'no-store'";

const known = { folder: isFolder, singlePage: bool, cacheControl };

/** A directory, or what {@link PagesConfig} has. */
export const pages: Check = (value) => {
  if (!isDict(value)) return string(value) === undefined ? isFolder(value) : 'a directory';
  if (value.folder === undefined) return '{ folder: … }';
  checkOptions('web', value, known);
  return undefined;
};

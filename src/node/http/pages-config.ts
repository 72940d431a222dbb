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
  /**
   * Further files and directories, by the path at which they are: `{ "/lib": "./node_modules/uplot/dist" }`. The longest path that fits counts. Default: none.
   */
  readonly also?: { readonly [path: string]: string } | undefined;
  /** Headers that every file gets, such as `Content-Security-Policy`. Default: none. */
  readonly headers?: { readonly [name: string]: string } | undefined;
}

const isFolder: Check = (value) =>
  typeof value === 'string' && statSync(value, { throwIfNoEntry: false })?.isDirectory() ? undefined : 'a directory';

const isHeader = (value: unknown): boolean => typeof value === 'string' && /^[\x20-\x7e]+$/.test(value);

const cacheControl: Check = (value) =>
  isDict(value) && Object.entries(value).every(([path, header]) => path.startsWith('/') && isHeader(header))
    ? undefined
    : "an object of paths that begin with '/', each with a text such as 'no-store'";

const also: Check = (value) =>
  isDict(value) && Object.entries(value).every(([path, file]) => /^\/.*[^/]$/.test(path) && typeof file === 'string' && file !== '')
    ? undefined
    : "an object of paths such as '/lib', each with a file or a directory";

const headers: Check = (value) =>
  isDict(value) && Object.entries(value).every(([name, header]) => /^[\w!#$%&'*+.^`|~-]+$/.test(name) && isHeader(header))
    ? undefined
    : 'an object of names of headers, each with a text';

const known = { folder: isFolder, singlePage: bool, cacheControl, also, headers };

/** A directory, or what {@link PagesConfig} has. */
export const pages: Check = (value) => {
  if (!isDict(value)) return string(value) === undefined ? isFolder(value) : 'a directory';
  if (value.folder === undefined) return '{ folder: … }';
  checkOptions('web', value, known);
  return undefined;
};

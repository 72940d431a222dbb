/*
 * A directory of static files by `sirv`, and the answers to other requests.
 */
import { realpathSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { basename, dirname, extname, join, sep } from 'node:path';
import type { Readable } from 'node:stream';
import sirv from 'sirv';
import type { PagesConfig } from './pages-config.ts';

export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** @param path - Where the WebSocket is; undefined if there is none. */
export function filesOrHint(pages: PagesConfig | undefined, path: string | undefined): HttpHandler {
  const shelves = pages === undefined ? [] : shelvesOf(pages);
  return (request, response) => {
    const isHere = pathOf(request) === path;
    const none = (): void => {
      response.writeHead(isHere ? 426 : 404, {
        'content-type': 'text/plain; charset=utf-8',
        ...(isHere ? { upgrade: 'websocket' } : {}),
      });
      response.end(
        isHere
          ? 'This is a WAMP router: connect by WebSocket.\n'
          : `Not found. The WAMP router ${path === undefined ? 'takes no WebSocket' : `is at ${path}`}.\n`,
      );
    };
    const shelf = shelves.find(({ at }) => isBelow(pathOf(request), at));
    if (!shelf || isHere) return none();
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD', 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
      return void response.end('Files can only be read.\n');
    }
    const { web, files } = shelf;
    request.url = shelf.urlOf(request.url ?? '/');
    // Not by sirv's `single`: it would choose `Cache-Control` by the path of the request.
    if (shelf.at === '' && pages?.singlePage === true && isRoute(web, pathOf(request))) request.url = '/';
    if (isHidden(pathOf(request)) || lookUp(web, pathOf(request)) === 'outside') return none();
    // sirv does not check a range, and does not handle errors of its file stream. No request may end the process.
    if (!isRange(request.headers.range)) delete request.headers.range;
    response.once('pipe', (file: Readable) => {
      file.once('error', () => response.destroy());
      response.once('close', () => file.destroy());
    });
    try {
      files(request, response, none);
    } catch {
      if (response.headersSent) response.destroy();
      else none();
    }
  };
}

/** A directory, and the path at which it is. */
interface Shelf {
  readonly at: string;
  readonly web: string;
  /** The URL of a request, as it is in the directory. */
  urlOf(url: string): string;
  readonly files: ReturnType<typeof sirv>;
}

/** The longest path first. */
function shelvesOf(pages: PagesConfig): readonly Shelf[] {
  const all = [...Object.entries(pages.also ?? {}), ['', pages.folder] as const];
  return all.map(([at, place]) => shelfOf(at, place, pages)).sort((a, b) => b.at.length - a.at.length);
}

function shelfOf(at: string, place: string, pages: PagesConfig): Shelf {
  // A file that is built later is one as well: it has an ending.
  const isFile = at !== '' && (statSync(place, { throwIfNoEntry: false })?.isFile() ?? extname(place) !== '');
  const web = isFile ? dirname(place) : place;
  const name = `/${basename(place)}`;
  // dev: files are looked up at each request, so that files that are built later are found.
  const files = sirv(web, { dev: true, etag: true, setHeaders: headersOf(pages, (path) => (isFile ? at : at + path)) });
  const rest = (url: string): string => url.slice(at.length).replace(/^(?!\/)/, '/');
  return { at, web, files, urlOf: (url) => (isFile ? name + url.slice(at.length) : rest(url)) };
}

function isBelow(path: string, at: string): boolean {
  return path === at || path.startsWith(`${at}/`);
}

type SetHeaders = (response: ServerResponse, path: string, stats: { isFile(): boolean }) => void;

/** @param whole - The path of the request, by that in the directory. */
function headersOf({ cacheControl = {}, headers = {} }: PagesConfig, whole: (path: string) => string): SetHeaders {
  const longestFirst = Object.entries(cacheControl).sort(([a], [b]) => b.length - a.length);
  return (response, path, stats) => {
    if (!stats.isFile()) throw new Error(`${path} is not a file`);
    const [, header] = longestFirst.find(([begin]) => whole(path).startsWith(begin)) ?? [];
    for (const [name, text] of Object.entries(headers)) response.setHeader(name, text);
    if (header !== undefined) response.setHeader('Cache-Control', header);
  };
}

/** A path of the application in `index.html`: there is no such file, and it does not look like one. */
function isRoute(web: string, path: string): boolean {
  return !/\.[^/]*$/.test(path) && !isHidden(path) && lookUp(web, path) === 'none';
}

/** Where the file is that sirv would find. Outside the folder, or hidden: a symbolic link may lead there. */
function lookUp(web: string, path: string): 'inside' | 'outside' | 'none' {
  let name = path;
  try {
    name = decodeURI(path);
  } catch {
    // sirv does not decode it either
  }
  name = name.replace(/\/$/, '');
  try {
    const root = realpathSync(web);
    const found = ['', '.html', '.htm'].flatMap((end) => [...(name === '' ? [] : [name + end]), `${name}/index${end}`]);
    for (const each of found) {
      const file = join(web, each);
      if (!statSync(file, { throwIfNoEntry: false })?.isFile()) continue;
      const real = realpathSync(file);
      return !real.startsWith(root.endsWith(sep) ? root : root + sep) || isHidden(real.slice(root.length)) ? 'outside' : 'inside';
    }
    return 'none';
  } catch {
    return 'outside'; // a loop of links, or an impossible name
  }
}

/** `.env`, `.git/`: with `dev`, sirv would serve them. `/.well-known/` is public (RFC 8615). */
function isHidden(path: string): boolean {
  let decoded = path;
  try {
    decoded = decodeURI(path);
  } catch {
    // sirv does not decode it either
  }
  return /[/\\]\.(?!well-known[/\\])/.test(decoded);
}

/** RFC 9110, 14.2: a range that makes no sense is ignored. */
function isRange(range: string | undefined): boolean {
  const [, first, last] = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(range ?? '') ?? [];
  return first !== undefined && (!last || Number(first) <= Number(last));
}

export function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] ?? '/';
}

/*
 * A directory of static files by `sirv`, and the answers to other requests.
 */
import { realpathSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join, sep } from 'node:path';
import type { Readable } from 'node:stream';
import sirv from 'sirv';
import type { PagesConfig } from './pages-config.ts';

export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** @param path - Where the WebSocket is; undefined if there is none. */
export function filesOrHint(pages: PagesConfig | undefined, path: string | undefined): HttpHandler {
  const web = pages?.folder;
  // dev: files are looked up at each request, so that files that are built later are found.
  const files = web === undefined ? undefined : sirv(web, { dev: true, etag: true, setHeaders: headersOf(pages) });
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
    if (!files || isHere) return none();
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD', 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
      return void response.end('Files can only be read.\n');
    }
    // Not by sirv's `single`: it would choose `Cache-Control` by the path of the request.
    if (pages?.singlePage === true && isRoute(pages.folder, pathOf(request))) request.url = '/';
    if (web === undefined || isHidden(pathOf(request)) || lookUp(web, pathOf(request)) === 'outside') return none();
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

type SetHeaders = (response: ServerResponse, path: string, stats: { isFile(): boolean }) => void;

function headersOf({ cacheControl = {} }: Partial<PagesConfig> = {}): SetHeaders {
  const longestFirst = Object.entries(cacheControl).sort(([a], [b]) => b.length - a.length);
  return (response, path, stats) => {
    if (!stats.isFile()) throw new Error(`${path} is not a file`);
    const [, header] = longestFirst.find(([begin]) => path.startsWith(begin)) ?? [];
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

/*
 * A directory of static files by `sirv`, and what to tell who asks for something else.
 */
import { realpathSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join, sep } from 'node:path';
import type { Readable } from 'node:stream';
import sirv from 'sirv';

export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** @param path - Where the WebSocket is; undefined where there is none. */
export function filesOrHint(web: string | undefined, path: string | undefined): HttpHandler {
  // dev: files are looked up when asked for, so that what is built later is there as well.
  const files = web === undefined ? undefined : sirv(web, { dev: true, etag: true, setHeaders: expectFile });
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
    if (web === undefined || isHidden(pathOf(request)) || leadsOut(web, pathOf(request))) return none();
    // sirv takes a range as it comes and streams a file without looking after the stream. No request may end the process.
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

function expectFile(_response: unknown, path: string, stats: { isFile(): boolean }): void {
  if (!stats.isFile()) throw new Error(`${path} is no file`);
}

/** Whether the file that sirv would find lies elsewhere, or is hidden: a symbolic link may lead there. */
function leadsOut(web: string, path: string): boolean {
  let name = path;
  try {
    name = decodeURI(path);
  } catch {
    // sirv takes it as it is, too
  }
  name = name.replace(/\/$/, '');
  try {
    const root = realpathSync(web);
    const found = ['', '.html', '.htm'].flatMap((end) => [...(name === '' ? [] : [name + end]), `${name}/index${end}`]);
    for (const each of found) {
      const file = join(web, each);
      if (!statSync(file, { throwIfNoEntry: false })?.isFile()) continue;
      const real = realpathSync(file);
      return !real.startsWith(root.endsWith(sep) ? root : root + sep) || isHidden(real.slice(root.length));
    }
    return false;
  } catch {
    return true; // a loop of links, a name that no file can have
  }
}

/** `.env`, `.git/`: with `dev`, sirv would hand them out. `/.well-known/` is meant to be seen (RFC 8615). */
function isHidden(path: string): boolean {
  let decoded = path;
  try {
    decoded = decodeURI(path);
  } catch {
    // sirv takes it as it is, too
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

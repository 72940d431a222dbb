/* A listening router, raw WebSocket clients and raw HTTP requests; all gone after the test. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { type Listener, type ListenOptions, listen } from 'autostrada/node';
import { type LogEntry, Router, type RouterConfig } from 'autostrada/router';
import { expect, onTestFinished } from 'vitest';
import WebSocket, { type ClientOptions } from 'ws';
import { Code, GOODBYE, HELLO } from '../fixtures/messages.ts';

export interface Listening {
  readonly router: Router;
  readonly listener: Listener;
  /** What the router has logged, above `info`. */
  readonly warnings: readonly string[];
}

export async function listening(options: ListenOptions = {}, limits: RouterConfig['limits'] = {}): Promise<Listening> {
  const warnings: string[] = [];
  const log = ({ level, message }: LogEntry): void => {
    if (level === 'warn' || level === 'error') warnings.push(message);
  };
  const router = new Router({ realms: { realm1: 'open' }, limits }, { log });
  const listener = await listen(router, options.server || options.socketPath ? options : { port: 0, ...options });
  onTestFinished(async () => {
    await listener.close();
    await router.close();
    expect(router.sessions).toEqual([]);
  });
  return { router, listener, warnings };
}

/** A WebSocket that speaks lists in JSON, as a browser would; answers GOODBYE by itself. */
export class RawClient {
  readonly socket: WebSocket;
  private readonly inbox: unknown[][] = [];
  private wake: (() => void) | undefined;
  closed: { readonly code: number; readonly reason: string } | undefined;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data, isBinary) => {
      const list = isBinary ? ['binary', data] : JSON.parse(String(data));
      if (list[0] === Code.GOODBYE) this.send(GOODBYE({}, 'wamp.close.goodbye_and_out'));
      this.inbox.push(list);
      this.wake?.();
    });
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: String(reason) };
      this.wake?.();
    });
    socket.on('error', () => {}); // `close` comes as well
  }

  send(...lists: readonly (readonly unknown[])[]): void {
    for (const list of lists) this.socket.send(JSON.stringify(list));
  }

  async next(): Promise<unknown[]> {
    for (;;) {
      const list = this.inbox.shift();
      if (list) return list;
      if (this.closed)
        throw new Error(`expected a message, but the connection was closed (${this.closed.code} ${this.closed.reason})`);
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  async end(): Promise<{ readonly code: number; readonly reason: string }> {
    while (!this.closed) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    return this.closed;
  }
}

/** Rejects with `HTTP <status>: <body>` when the upgrade is refused. */
export function rawClient(
  url: string,
  protocols: readonly string[] = ['wamp.2.json'],
  options: ClientOptions = {},
): Promise<RawClient> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, [...protocols], options);
    onTestFinished(() => socket.terminate());
    const client = new RawClient(socket);
    socket.once('open', () => resolve(client));
    socket.once('unexpected-response', (_, response) => {
      bodyOf(response).then((body) => reject(new Error(`HTTP ${response.statusCode}: ${body}`)), reject);
    });
    socket.once('error', reject);
  });
}

export async function rawSession(url: string): Promise<RawClient> {
  const client = await rawClient(url);
  client.send(HELLO('realm1', { roles: { publisher: {}, subscriber: {}, caller: {}, callee: {} } }));
  expect((await client.next())[0]).toBe(Code.WELCOME);
  return client;
}

export interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** The path goes out as it is, with dots and all. */
export function get(
  port: number,
  path: string,
  headers: { readonly [name: string]: string } = {},
  method = 'GET',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      bodyOf(response).then((body) => resolve({ status: response.statusCode, headers: response.headers, body }), reject);
    });
    request.on('error', reject);
    request.end();
  });
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return body;
}

/** Whether anybody listens there. */
export function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

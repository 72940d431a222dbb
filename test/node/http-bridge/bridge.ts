/* A router with an HTTP bridge, a service beside it, and raw HTTP requests; all gone after the test. */
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { Connection } from 'autostrada';
import { type HttpOptions, type Listener, type ListenOptions, listen } from 'autostrada/node';
import { type LogEntry, Router, type RouterConfig, type RouterHooks } from 'autostrada/router';
import { expect, onTestFinished } from 'vitest';

export interface Bridging {
  readonly router: Router;
  readonly listener: Listener;
  readonly port: number;
  /** In the same process, without a login. */
  readonly service: Connection;
  readonly warnings: readonly string[];
}

export interface Setup {
  readonly http?: boolean | HttpOptions | readonly HttpOptions[];
  readonly listen?: ListenOptions;
  readonly config?: RouterConfig;
  readonly hooks?: RouterHooks;
}

export async function bridging({ http = true, listen: more = {}, config, hooks = {} }: Setup = {}): Promise<Bridging> {
  const warnings: string[] = [];
  const log = ({ level, message }: LogEntry): void => {
    if (level === 'warn' || level === 'error') warnings.push(message);
  };
  const router = new Router(config ?? { realms: { realm1: 'open' } }, { log, ...hooks });
  const listener = await listen(router, { port: 0, http, ...more });
  const [realm = 'realm1'] = router.realmNames;
  const service = new Connection({ url: router.as({ authid: 'service', authrole: config ? 'service' : 'anonymous' }), realm });
  onTestFinished(async () => {
    await service.close();
    await listener.close();
    await router.close();
    expect(router.sessions).toEqual([]);
  });
  return { router, listener, port: listener.port, service, warnings };
}

export interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Asked {
  readonly method?: string;
  readonly body?: string | Uint8Array | undefined;
  readonly headers?: { readonly [name: string]: string };
}

/** Sends a request whose path goes out as it is. A body is JSON if no type is said. */
export function open(port: number, path: string, { method = 'POST', body, headers = {} }: Asked = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const typed = body === undefined ? headers : { 'content-type': 'application/json', ...headers };
    const request = httpRequest({ host: '127.0.0.1', port, path, method, headers: typed, agent: false }, resolve);
    request.once('error', reject);
    request.end(body);
    onTestFinished(() => void request.destroy());
  });
}

export async function ask(port: number, path: string, asked: Asked = {}): Promise<Answer> {
  const response = await open(port, path, asked);
  let body = '';
  response.setEncoding('utf8');
  for await (const chunk of response) body += String(chunk);
  return { status: response.statusCode, headers: response.headers, body };
}

/** What was answered, as status and value. */
export async function asked(port: number, path: string, more: Asked = {}): Promise<readonly [number | undefined, unknown]> {
  const { status, body } = await ask(port, path, more);
  return [status, body === '' ? undefined : JSON.parse(body)];
}

export const basic = (authid: string, ticket: string): { readonly authorization: string } => ({
  authorization: `Basic ${Buffer.from(`${authid}:${ticket}`).toString('base64')}`,
});

/** A stream of server-sent events, or of lines, read block by block. */
export class Stream {
  readonly response: IncomingMessage;
  private text = '';
  private isOver = false;
  private wake: (() => void) | undefined;
  private readonly end: string;

  constructor(response: IncomingMessage, end = '\n\n') {
    this.response = response;
    this.end = end;
    response.setEncoding('utf8');
    const woken = (): void => this.wake?.();
    response.on('data', (chunk: string) => {
      this.text += chunk;
      woken();
    });
    response.on('error', () => {}); // `close` comes as well
    response.once('close', () => {
      this.isOver = true;
      woken();
    });
  }

  static async of(port: number, path: string, asked: Asked & { readonly end?: string } = {}): Promise<Stream> {
    return new Stream(await open(port, path, asked), asked.end);
  }

  /** Undefined: the stream has ended. */
  async next(): Promise<string | undefined> {
    for (;;) {
      const at = this.text.indexOf(this.end);
      if (at >= 0) {
        const block = this.text.slice(0, at);
        this.text = this.text.slice(at + this.end.length);
        return block;
      }
      if (this.isOver) return undefined;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  /** The name, the data and the id of the next event. */
  async event(): Promise<readonly [name: string | undefined, data: unknown, id: number]> {
    const block = (await this.next()) ?? '';
    const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
    return [field('event'), JSON.parse(field('data') ?? 'null'), Number(field('id'))];
  }

  close(): void {
    this.response.destroy();
  }
}

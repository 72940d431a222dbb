/* An HTTP server played by hand: each request waits until the test answers it. Speaks to the long-poll client. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Closed, type Frame, json, type Serializer, type Transport } from 'autostrada';
import { type LongPollOptions, longPoll } from 'autostrada/longpoll';
import { expect, onTestFinished } from 'vitest';

export class Asked {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** The client has hung up, or has its answer. */
  isOver = false;
  private readonly response: ServerResponse;

  constructor(request: IncomingMessage, body: Buffer, response: ServerResponse) {
    this.path = request.url ?? '';
    this.headers = request.headers;
    this.body = body;
    this.response = response;
    response.once('close', () => {
      this.isOver = true;
    });
  }

  answer(status: number, body: string | Uint8Array = ''): void {
    this.response.writeHead(status).end(body);
  }

  hangUp(): void {
    this.response.destroy();
  }
}

export class ScriptedHttp {
  readonly url: string;
  /** What was asked and not looked at. */
  readonly waiting: Asked[] = [];

  private constructor(url: string) {
    this.url = url;
  }

  static async start(): Promise<ScriptedHttp> {
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      http.waiting.push(new Asked(request, Buffer.concat(chunks), response));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const http = new ScriptedHttp(`http://127.0.0.1:${(server.address() as AddressInfo).port}/lp`);
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return http;
  }

  /** The next request whose path ends so. */
  async next(verb: string): Promise<Asked> {
    const find = () => this.waiting.findIndex(({ path }) => path.split('?')[0]?.endsWith(`/${verb}`));
    await expect.poll(find).toBeGreaterThan(-1);
    const [found] = this.waiting.splice(find(), 1);
    if (!found) throw new Error(`expected a request for ${verb}`);
    return found;
  }

  count(verb: string): number {
    return this.waiting.filter(({ path }) => path.endsWith(`/${verb}`)).length;
  }
}

export interface Opened {
  readonly http: ScriptedHttp;
  readonly transport: Transport;
  readonly received: Frame[];
  readonly closed: Closed[];
}

/** A client's line, open, with its first poll waiting. */
export async function opened(
  protocol = 'wamp.2.json',
  options: LongPollOptions = {},
  serializers: readonly Serializer[] = [json()],
): Promise<Opened> {
  const http = await ScriptedHttp.start();
  const connecting = longPoll(http.url, options).connect({ serializers, signal: new AbortController().signal });
  (await http.next('open')).answer(200, JSON.stringify({ protocol, transport: 'the transport' }));
  const transport = await connecting;
  const [received, closed]: [Frame[], Closed[]] = [[], []];
  transport.start({ frame: (frame) => received.push(frame), closed: (why) => closed.push(why) });
  return { http, transport, received, closed };
}

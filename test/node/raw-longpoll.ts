/* Long-poll by hand: raw HTTP requests, each on a connection of its own. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { expect } from 'vitest';

export interface Answer {
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** One POST. */
export function post(port: number, path: string, body: string | Uint8Array = '', method = 'POST'): Promise<Answer> {
  return started(port, path, method, (request) => request.end(body)).answer;
}

/** A request that the test goes on with by hand. */
export function started(port: number, path: string, method: string, begin: (request: ReturnType<typeof httpRequest>) => void) {
  const request = httpRequest({ host: '127.0.0.1', port, path, method, agent: false });
  const answer = new Promise<Answer>((resolve, reject) => {
    request.once('error', reject);
    request.once('response', async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      const { statusCode: status, headers } = response;
      resolve({ status, type: headers['content-type'], headers, body: Buffer.concat(chunks).toString('latin1') });
    });
  });
  begin(request);
  return { request, answer };
}

export const HELLO = '[1,"realm1",{"roles":{"publisher":{},"subscriber":{},"caller":{},"callee":{}}}]';

/** A transport, request by request. */
export class Raw {
  readonly port: number;
  readonly base: string;

  constructor(port: number, base: string) {
    this.port = port;
    this.base = base;
  }

  static async open(port: number, protocol = 'wamp.2.json', path = '/lp'): Promise<Raw> {
    const { status, body } = await post(port, `${path}/open`, JSON.stringify({ protocols: [protocol] }));
    expect(status).toBe(200);
    return new Raw(port, `${path}/${JSON.parse(body).transport}`);
  }

  static async session(port: number, protocol?: string, path?: string): Promise<Raw> {
    const raw = await Raw.open(port, protocol, path);
    const end = protocol?.endsWith('.batched') ? '\x1e' : '';
    expect((await raw.send(HELLO + end)).status).toBe(204);
    expect((await raw.receive()).body).toMatch(/^\[2,/);
    return raw;
  }

  send(body: string | Uint8Array): Promise<Answer> {
    return post(this.port, `${this.base}/send`, body);
  }

  receive(): Promise<Answer> {
    return post(this.port, `${this.base}/receive`);
  }

  /** A poll that is surely held: another one has been finished by it. */
  async hold(): Promise<{ readonly answer: Promise<Answer> }> {
    const polls = [this.receive(), this.receive()];
    const first = await Promise.race(polls.map((poll, index) => poll.then(() => index)));
    const held = polls[1 - first];
    if (!held) throw new Error('expected one of two polls to be held');
    return { answer: held };
  }

  close(): Promise<Answer> {
    return post(this.port, `${this.base}/close`);
  }
}

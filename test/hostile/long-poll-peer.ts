/* The same as a `Peer` for the honest session that comes by long-poll: one request for a poll, one for each message, JSON. */
import { Agent, request } from 'node:http';
import { Code } from '../fixtures/messages.ts';
import type { List } from './peer.ts';

export interface Posted {
  readonly status: number;
  readonly body: string;
}

export class LongPollPeer {
  ended: string | undefined;
  onMessage: ((list: List) => void) | undefined;
  session: number | undefined;
  private readonly port: number;
  private readonly localAddress: string | undefined;
  private readonly agent = new Agent({ keepAlive: true });
  private base = '';
  private sent: Promise<unknown> = Promise.resolve();

  private constructor(port: number, localAddress: string | undefined) {
    this.port = port;
    this.localAddress = localAddress;
  }

  static async open(port: number, localAddress?: string): Promise<LongPollPeer> {
    const peer = new LongPollPeer(port, localAddress);
    const { status, body } = await peer.post('/lp/open', '{"protocols":["wamp.2.json"]}');
    if (status !== 200) throw new Error(`the router did not open a line: ${status} ${body}`);
    peer.base = `/lp/${(JSON.parse(body) as { transport: string }).transport}`;
    void peer.poll();
    return peer;
  }

  /** In order: the next is posted when the one before has been answered. */
  send(...lists: readonly List[]): void {
    for (const list of lists) {
      this.sent = this.sent.then(async () => {
        const { status } = await this.post(`${this.base}/send`, JSON.stringify(list));
        if (status !== 204) this.end(`a message was answered with ${status}`);
      });
    }
  }

  destroy(): void {
    this.end('destroyed');
    this.agent.destroy();
  }

  private async poll(): Promise<void> {
    while (this.ended === undefined) {
      const { status, body } = await this.post(`${this.base}/receive`, '');
      if (status === 200) {
        const list = JSON.parse(body) as List;
        if (list[0] === Code.WELCOME) this.session = Number(list[1]);
        this.onMessage?.(list);
      } else if (status !== 204) this.end(`a poll was answered with ${status}`);
    }
  }

  private end(why: string): void {
    this.ended ??= why;
  }

  private post(path: string, body: string): Promise<Posted> {
    const { port, localAddress, agent } = this;
    return new Promise((resolve) => {
      const options = {
        host: '127.0.0.1',
        port,
        path,
        method: 'POST',
        agent,
        ...(localAddress === undefined ? {} : { localAddress }),
      };
      const sent = request(options, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
        response.on('error', () => resolve({ status: 0, body: 'the answer was cut off' }));
      });
      sent.on('error', (error) => resolve({ status: 0, body: error.message }));
      sent.end(body);
    });
  }
}

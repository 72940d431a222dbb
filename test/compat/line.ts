// A transport of Autobahn's kind, and the other end of it played by hand.
import type { Any } from './lab.ts';

const turn = setImmediate;

export class Line {
  /** Messages, and how it was closed. */
  readonly sent: unknown[] = [];
  readonly transport: Any;
  private isClosed = false;

  constructor() {
    this.transport = {
      protocol: 'wamp.2.json',
      serializer: { SERIALIZER_ID: 'json' },
      info: { type: 'scripted', url: 'scripted:', protocol: 'wamp.2.json' },
      onopen: () => {},
      onmessage: () => {},
      onclose: () => {},
      send: (message: unknown) => void this.sent.push(JSON.parse(JSON.stringify(message))),
      close: (code?: number, reason?: string) => {
        this.sent.push(['close', code ?? null, reason ?? null]);
        // As a WebSocket: later.
        turn(() => this.end({ code: code ?? 1000, reason: '', wasClean: true }));
      },
    };
  }

  open(): void {
    this.transport.onopen();
  }

  /** As from the network: nothing is shared. */
  deliver(...messages: unknown[]): void {
    for (const message of messages) this.transport.onmessage(JSON.parse(JSON.stringify(message)));
  }

  drop(): void {
    this.end({ code: 1006, reason: '', wasClean: false });
  }

  end(event: { code: number; reason: string; wasClean: boolean }): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.transport.onclose(event);
  }
}

/* A client played by hand whose payloads are text or bytes as they stand on the wire: nothing is decoded between two of them. */
import type { Serializer } from 'autostrada';
import type { Router } from 'autostrada/router';
import { HELLO } from '../fixtures/messages.ts';

const roles = '{"roles":{"publisher":{},"subscriber":{},"caller":{},"callee":{}}}';
const welcomed = 2;

/** A frame that came: text, or bytes in hexadecimal digits. */
export class RawClient {
  readonly frames: string[] = [];
  isClosed = false;
  private readonly sendFrame: (frame: string | Uint8Array) => void;
  private wake: (() => void) | undefined;

  constructor(router: Router, serializer: Serializer) {
    const transport = router.connect({ serializers: [serializer], signal: new AbortController().signal });
    this.sendFrame = (frame) => transport.send(frame);
    transport.start({
      frame: (frame) => {
        this.frames.push(typeof frame === 'string' ? frame : toHex(frame));
        this.wake?.();
      },
      closed: () => {
        this.isClosed = true;
        this.wake?.();
      },
    });
  }

  /** JSON as text, the other formats in hexadecimal digits, blanks between them allowed. */
  send(...frames: string[]): void {
    for (const frame of frames) this.sendFrame(/^[0-9a-f\s]+$/.test(frame) ? fromHex(frame) : frame);
  }

  async next(): Promise<string> {
    for (;;) {
      const frame = this.frames.shift();
      if (frame !== undefined) return frame;
      if (this.isClosed) throw new Error('expected a frame, but the connection was closed');
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }
}

/** One that has joined realm1. */
export async function rawClient(router: Router, serializer: Serializer): Promise<RawClient> {
  const client = new RawClient(router, serializer);
  const hello = serializer.encode(HELLO('realm1', JSON.parse(roles)));
  client.send(typeof hello === 'string' ? hello : toHex(hello));
  const welcome = await client.next();
  const list = serializer.decode(serializer.isBinary ? fromHex(welcome) : welcome);
  if (list[0] !== welcomed) throw new Error(`expected WELCOME, got ${welcome}`);
  return client;
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

export function fromHex(digits: string): Uint8Array {
  return new Uint8Array(Buffer.from(digits.replace(/\s/g, ''), 'hex'));
}

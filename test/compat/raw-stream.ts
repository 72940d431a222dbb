// A `Protocol` on a stream whose other end the script plays.
import { EventEmitter } from 'node:events';
import type { Any, Lab } from './lab.ts';

/** As a socket: it keeps what is written, and tells when asked to that it has left. */
export class Stream extends EventEmitter {
  readonly written: Buffer[] = [];
  readonly left: Any[] = [];
  ends = 0;

  write(octets: Buffer, callback?: () => void): boolean {
    this.written.push(Buffer.from(octets));
    if (callback) this.left.push(callback);
    return true;
  }

  end(): void {
    this.ends++;
  }

  /** From the network. */
  deliver(...octets: (number | Uint8Array)[]): void {
    this.emit('data', Buffer.concat(octets.map((some) => (typeof some === 'number' ? Buffer.of(some) : some))));
  }

  flush(): void {
    for (const callback of this.left.splice(0)) callback();
  }
}

const events = ['connect', 'data', 'ping', 'pong', 'close', 'error', 'drain', 'end', 'timeout'];

export function started({ rawsocket }: Lab, options?: Any, withErrors = true): { protocol: Any; stream: Stream; told: unknown[] } {
  const stream = new Stream();
  const protocol: Any = new (rawsocket as Any).Protocol(stream, options);
  const told: unknown[] = [];
  for (const event of events)
    if (event !== 'error' || withErrors) protocol.on(event, (...given: unknown[]) => told.push([event, ...given]));
  return { protocol, stream, told };
}

/** After the handshake. `written` is what comes then. */
export function shaken(lab: Lab, options?: Any, withErrors = true): ReturnType<typeof started> {
  const all = started(lab, options, withErrors);
  all.stream.emit('connect');
  all.stream.deliver(0x7f, 0xf1, 0, 0);
  all.stream.written.length = 0;
  all.told.length = 0;
  return all;
}

export function frame(type: number, payload: string | Uint8Array): Buffer {
  const octets = Buffer.from(payload as string);
  return Buffer.concat([Buffer.of(type, octets.length >> 16, octets.length >> 8, octets.length), octets]);
}

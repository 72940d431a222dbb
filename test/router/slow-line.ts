/* A transport that counts what it is given until its client reads. */
import { json, type Transport, type TransportReceiver } from 'autostrada';
import type { Router } from 'autostrada/router';
import { expect } from 'vitest';
import { Code, HELLO } from '../fixtures/messages.ts';
import { roles } from './open-router.ts';

export class SlowLine implements Transport {
  readonly serializer = json();
  readonly sent: unknown[][] = [];
  bufferedBytes = 0;
  longest = 0;
  private receiver: TransportReceiver | undefined;

  constructor(router: Router) {
    router.attach(this, { kind: 'slow' });
    this.say(HELLO('realm1', { roles }));
  }
  start(receiver: TransportReceiver): void {
    this.receiver = receiver;
  }
  say(list: readonly unknown[]): void {
    this.receiver?.frame(JSON.stringify(list));
  }
  send(frame: string): void {
    this.bufferedBytes += frame.length;
    this.longest = Math.max(this.longest, this.bufferedBytes);
    this.sent.push(JSON.parse(frame));
  }
  close(): void {
    this.receiver?.closed({ clean: true });
    this.receiver = undefined;
  }
  /** The client reads all that it has got so far, until nothing more comes. */
  async readAll(isDone: () => boolean): Promise<void> {
    await expect
      .poll(
        () => {
          this.bufferedBytes = 0;
          return isDone();
        },
        { interval: 5 },
      )
      .toBe(true);
  }
  get types(): unknown[] {
    return this.sent.map(([type]) => type);
  }
  /** The first argument of each EVENT. */
  get events(): unknown[] {
    return this.sent.filter(([type]) => type === Code.EVENT).map(([, , , , args]) => Object(args)[0]);
  }
}

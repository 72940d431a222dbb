/*
 * How fast values are taken from an iterator of the user's and sent: no faster than the transport takes them, and never so many in a row
 * that nothing else has its turn.
 */
import type { Role } from './role.ts';

/** With more than this waiting in the transport nothing is added: enough to keep a fast line busy from one look to the next. */
const HIGH_WATER_BYTES = 1024 * 1024;
/** Transports do not tell when they have room again, so one looks. */
const LOOK_MS = 20;
/** An iterator that always has a value would never let a timer or a socket have its turn. */
const IN_A_ROW = 100;

export class Pace {
  private readonly role: Pick<Role, 'link' | 'clock'>;
  private inARow = 0;

  constructor(role: Pick<Role, 'link' | 'clock'>) {
    this.role = role;
  }

  /** What to wait for before the next value. Undefined: go on. */
  next(): Promise<void> | undefined {
    const isFull = this.isFull;
    if (!isFull && this.inARow++ < IN_A_ROW) return undefined;
    this.inARow = 0;
    return this.pause(isFull ? LOOK_MS : 0);
  }

  private get isFull(): boolean {
    return this.role.link.transport.bufferedBytes > HIGH_WATER_BYTES;
  }

  private async pause(ms: number): Promise<void> {
    const { clock, link } = this.role;
    do await new Promise<void>((resolve) => clock.setTimeout(resolve, ms));
    while (this.isFull && link.state === 'established');
  }
}

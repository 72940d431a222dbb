// A connection of the layer, over transports whose other end the test plays.
import { Connection, type IConnectionOptions, type ITransportFactoryFactory, type Session, transports } from 'autostrada/autobahn';
import { onTestFinished } from 'vitest';
import '../../src/autobahn/connection/restore.ts'; // which is loaded on demand: here it is at hand
import { Line } from '../compat/line.ts';
import { WELCOME } from '../fixtures/messages.ts';

const turn = setImmediate;
export async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => turn(resolve));
}

export const welcome = { roles: { broker: { features: {} }, dealer: { features: { call_canceling: true } } } };

export class Bench {
  readonly lines: Line[] = [];
  readonly connection: Connection;

  constructor(options: Partial<IConnectionOptions> = {}) {
    const { lines } = this;
    class Factory {
      type = 'bench';
      create() {
        const made = new Line();
        lines.push(made);
        return made.transport;
      }
    }
    transports.register('bench', Factory as ITransportFactoryFactory);
    this.connection = new Connection({ realm: 'realm1', transports: [{ type: 'bench' }], initial_retry_delay: 0.001, ...options });
    onTestFinished(async () => {
      const closing = this.connection.native.close();
      this.line.drop();
      await closing;
    });
  }

  get line(): Line {
    return this.lines[this.lines.length - 1] as Line;
  }

  get session(): Session {
    return this.connection.session as Session;
  }

  /** Joins; the messages after HELLO are `line.sent`. */
  async join(id = 7): Promise<void> {
    this.line.open();
    await settle();
    this.line.sent.length = 0;
    this.line.deliver(WELCOME(id, welcome));
    await settle();
  }

  async open(): Promise<void> {
    this.connection.open();
    await this.join();
  }

  /** Ends the line, and waits for the next. */
  async reconnected(end: (line: Line) => void = (line) => line.drop()): Promise<void> {
    const before = this.lines.length;
    end(this.line);
    while (this.lines.length === before) await new Promise((resolve) => setTimeout(resolve, 1));
    await this.join(8);
  }
}

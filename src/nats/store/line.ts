/* The connection to NATS, as the store sees it: whether it is there, and how long a request may take. */
import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { explain } from '../api/errors.ts';
import type { NatsPackages } from '../api/packages.ts';

/** How long a request of the store may take in all. A router waits for ten seconds. */
const PATIENCE_MS = 8000;
/** One attempt. */
export const ATTEMPT_MS = 1500;
/** Between two attempts. */
const PAUSE_MS = 100;

export class Line {
  readonly connection: NatsConnection;
  readonly js: JetStreamClient;
  readonly manager: Promise<JetStreamManager>;
  private isUp = true;
  private readonly listeners = new Set<() => void>();
  isClosed = false;

  constructor(connection: NatsConnection, { jetstream, jetstreamManager }: NatsPackages) {
    this.connection = connection;
    this.js = jetstream(connection, { timeout: ATTEMPT_MS });
    this.manager = jetstreamManager(connection, { checkAPI: false, timeout: ATTEMPT_MS });
    this.watch().catch(() => {}); // the connection is closed
  }

  /** Calls it after each reconnect. */
  onReconnect(listener: () => void): void {
    this.listeners.add(listener);
  }

  offReconnect(listener: () => void): void {
    this.listeners.delete(listener);
  }

  /**
   * Tries until it succeeds, or until a store has taken too long to answer.
   *
   * @param isFinal - Whether an error will not go away.
   */
  async retry<T>(attempt: () => Promise<T>, isFinal: (error: unknown) => boolean = () => false): Promise<T> {
    const since = performance.now();
    let failure: unknown = new Error('there is no connection');
    while (performance.now() - since < PATIENCE_MS) {
      if (this.isClosed) throw new Error('the store is closed');
      if (this.connection.isClosed()) throw new Error('the connection to NATS is closed');
      if (this.isUp) {
        try {
          return await attempt();
        } catch (error) {
          if (isFinal(error)) throw error;
          failure = error;
        }
      }
      await pause(PAUSE_MS);
    }
    throw new Error(`NATS did not do it in ${PATIENCE_MS} ms: ${explain(failure)}`, { cause: failure });
  }

  close(): void {
    this.isClosed = true;
    this.listeners.clear();
  }

  private async watch(): Promise<void> {
    for await (const { type } of this.connection.status()) {
      if (this.isClosed) return;
      if (type === 'disconnect') this.isUp = false;
      if (type !== 'reconnect') continue;
      this.isUp = true;
      for (const listener of this.listeners) listener();
    }
  }
}

/** @throws An error if a request has waited for so long that it was told to have failed. */
export function checkAge(since: number): void {
  if (performance.now() - since >= PATIENCE_MS) throw new Error(`NATS did not do in ${PATIENCE_MS} ms what was asked before`);
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

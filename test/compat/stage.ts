// Our router, listening, and connections to it.
import { listen } from 'autostrada/node';
import { Router, type RouterConfig } from 'autostrada/router';
import type { Any, Lab } from './lab.ts';

export interface Stage {
  readonly router: Router;
  readonly url: string;
  readonly port: number;
  readonly longPollUrl: string;
  /** A connection that is open, and what it was told. */
  open(options?: Any): Promise<{ connection: Any; session: Any; details: Any; closed: Promise<Any[]> }>;
  /** One that does not come to be: what `onclose` is told. */
  refused(options?: Any): Promise<Any[]>;
}

export async function staged({ autobahn }: Lab, config: RouterConfig, run: (stage: Stage) => Promise<void>): Promise<void> {
  const router = new Router(config);
  const listener = await listen(router, { port: 0, host: '127.0.0.1' });
  const { url } = listener;
  const connections: Any[] = [];
  const make = (options: Any): Any => {
    const connection: Any = new autobahn.Connection({ realm: 'realm1', url, ...options });
    connections.push(connection);
    return connection;
  };
  const stage: Stage = {
    router,
    url,
    port: Number(new URL(url).port),
    longPollUrl: listener.longPollUrl ?? '',
    open: (options = {}) =>
      new Promise((resolve, reject) => {
        const connection = make(options);
        let isOpen = false;
        const closed = new Promise<Any[]>((told) => {
          connection.onclose = (...given: Any[]) => {
            told(given);
            if (!isOpen) reject(new Error(JSON.stringify(given)));
            return true;
          };
        });
        connection.onopen = (session: Any, details: Any) => {
          isOpen = true;
          resolve({ connection, session, details, closed });
        };
        connection.open();
      }),
    refused: (options = {}) =>
      new Promise((resolve) => {
        const connection = make(options);
        connection.onclose = (...given: Any[]) => {
          resolve(given);
          return true;
        };
        connection.open();
      }),
  };
  try {
    await run(stage);
  } finally {
    for (const connection of connections) {
      connection.onclose = () => true;
      if (connection.isOpen) connection.close();
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
    await listener.close();
    await router.close();
  }
}

export const open: RouterConfig = { realms: { realm1: 'open' } };

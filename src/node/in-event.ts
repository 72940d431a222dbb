/*
 * The one place between the events of a server and what the router does there: nothing that it throws reaches the process. What comes by an open
 * connection is guarded in inlet.ts of the router.
 */

import type { Router } from '../router/router.ts';
import { quietly } from '../router/turns/guarded.ts';

/** @param connection - Of what has happened. It ends when that cannot be done. */
export function inEvent(router: Router, what: string, connection: { destroy(): unknown }, act: () => void | Promise<void>): void {
  const failed = (error: unknown): void => {
    router.note({ level: 'error', message: `an exception: ${what}`, error });
    connection.destroy();
  };
  try {
    quietly(act(), failed);
  } catch (error) {
    failed(error);
  }
}

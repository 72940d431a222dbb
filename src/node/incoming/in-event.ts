/*
 * The one place between the events of a server and the router: no exception reaches the process. The events of an open
 * connection are guarded in inlet.ts of the router.
 */

import type { Router } from '../../router/router.ts';
import { quietly } from '../../router/turns/guarded.ts';

/** @param connection - The connection of the event. It ends when handling the event throws. */
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

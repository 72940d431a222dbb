/*
 * The wire log: who asked for it, and where it goes.
 */

import { bool } from '../../base/options.ts';
import { isThenable } from '../../base/words.ts';
import type { Tap } from '../../link/link.ts';
import { nameOf } from '../../protocol/messages.ts';
import type { ConnectionOptions, WireLogEntry } from '../api/connection-options.ts';
import type { Feature } from '../kernel/kernel.ts';

export const wireLog: Feature = {
  name: 'wireLog',
  options: { wireLog: (value) => (typeof value === 'function' ? undefined : bool(value) && 'a boolean or a function') },
  install(kernel) {
    // Whether the page or the environment asks for it is looked at for each session.
    kernel.tap = () => wireTap(kernel.options.wireLog, kernel.options.realm);
  },
};

interface Surroundings {
  readonly document?: object;
  readonly process?: { readonly env?: { readonly DEBUG?: string } };
  readonly localStorage?: { getItem(key: string): string | null };
}

/** Whether `DEBUG` (Node) or `localStorage.debug` (a page) names us, as the `debug` package reads them. */
export function isDebugging(surroundings: Surroundings = globalThis): boolean {
  let names: string | null | undefined;
  try {
    // Not without a page: from Node.js 25 on there is a storage that warns when it is looked at.
    names = surroundings.process?.env?.DEBUG ?? (surroundings.document && surroundings.localStorage?.getItem('debug'));
  } catch {
    return false; // a page may be forbidden its storage
  }
  return /(^|[\s,])(\*|autostrada(:wire|:\*|\*)?)($|[\s,])/.test(names ?? '');
}

function wireTap(wireLog: ConnectionOptions['wireLog'], realm: string): Tap | undefined {
  const write = typeof wireLog === 'function' ? wireLog : (wireLog ?? isDebugging()) && toConsole;
  if (!write) return undefined;
  // It watches the session, and must not end it, nor the process.
  const failed = (thrown: unknown): void => console.error('autostrada: in wireLog:', thrown);
  return (direction, message, length) => {
    try {
      const given: unknown = write({ direction, type: nameOf(message[0]), message, length });
      if (isThenable(given)) given.then(undefined, failed);
    } catch (thrown) {
      failed(thrown);
    }
  };

  /** Straight to the console: it is the log that the user switched on. */
  function toConsole({ direction, type, message }: WireLogEntry): void {
    console.debug(`autostrada ${realm} ${direction === 'sent' ? '→' : '←'} ${type}`, message);
  }
}

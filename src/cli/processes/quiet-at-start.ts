/* What a router says of its configuration is said once, by the first process. */
import type { LogEntry } from '../../router/index.ts';

type Log = (entry: LogEntry) => void;

/** Only errors are logged until `end` is called. */
export function quietAtStart(log: Log): { readonly log: Log; end(): void } {
  let isQuiet = true;
  return {
    log: (entry) => {
      if (!isQuiet || entry.level === 'error') log(entry);
    },
    end: () => {
      isQuiet = false;
    },
  };
}

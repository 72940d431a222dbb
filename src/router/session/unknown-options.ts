/*
 * WAMP "Extensibility" says that unknown options are ignored. A misspelt name, or one that only another router knows, is ignored as well, and the user
 * would not learn why it has no effect. So it is logged, once per session. Users' own names (`_…`) are not logged.
 */
import { show } from '../../base/checks.ts';
import type { Dict, Id } from '../../base/words.ts';
import { type Code, nameOf } from '../../protocol/messages.ts';
import { optionNames } from '../../protocol/options.ts';
import type { LogEntry } from '../turns/log.ts';

const names = optionNames();
const UNDERSCORE = 95;

/** How many are logged for one session. More would only fill the log. */
const MAX_NAMED = 20;

export class UnknownOptions {
  private named: Set<string> | undefined;

  tell(type: Code, options: Dict, session: Id, log: ((entry: LogEntry) => void) | undefined): void {
    const known = names.get(type);
    for (const name in options) {
      if (known?.has(name) || name.charCodeAt(0) === UNDERSCORE || this.named?.has(name)) continue;
      this.named ??= new Set();
      if (this.named.size === MAX_NAMED) return;
      this.named.add(name);
      const message = `ignores an option of ${nameOf(type)} that is not known here: ${show(name)}`;
      log?.({ level: 'warn', message, session });
    }
  }
}

/*
 * WAMP "Extensibility" has unknown options ignored. A name that was misspelt, or that only another router knows, is ignored as well, and nobody
 * would learn why nothing comes of it: so it is named in the log, once per session. Names of one's own (`_…`) are not.
 */
import { show } from '../../protocol/checks.ts';
import { type Code, nameOf } from '../../protocol/messages.ts';
import { optionNames } from '../../protocol/options.ts';
import type { Dict, Id } from '../../words.ts';
import type { LogEntry } from '../turns/log.ts';

const names = optionNames();
const UNDERSCORE = 95;

/** Of one session. More would only fill the log. */
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

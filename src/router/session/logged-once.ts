/* What is logged once for each session. More would only fill the log. */
import { show } from '../../base/checks.ts';
import type { SerializationError } from '../../base/errors.ts';
import { type Dict, type Id, named } from '../../base/words.ts';
import { Code, type FromRouter, nameOf } from '../../protocol/messages.ts';
import { optionNames } from '../../protocol/options.ts';
import type { LogEntry } from '../turns/log.ts';
import type { Who } from './router-session.ts';
import type { Watched } from './session-parts.ts';

const names = optionNames();
const UNDERSCORE = 95;

/** How many are logged for one session. */
const MAX_NAMED = 20;

/**
 * WAMP "Extensibility" says that unknown options are ignored. A misspelt name, or one that only another router knows, is ignored as well, and the user would not learn why it has no
 * effect. So it is logged. Users' own names (`_…`) are not.
 */
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

/** Events that a session does not get, because its serializer cannot encode them: logged once for each session. */
type Missing = Who & { readonly watched: Watched | undefined };

export class MissedEvents {
  private areLogged = false;

  tell(event: FromRouter, error: SerializationError, session: Missing, log: ((entry: LogEntry) => void) | undefined): void {
    const { id, authid, watched } = session;
    watched?.missed(event, error.message);
    if (this.areLogged) return;
    this.areLogged = true;
    const which = event.type === Code.EVENT ? `the event of publication ${event.publication}` : 'an event';
    const message = `${named(authid)} does not get ${which}, and perhaps further ones (logged once): ${error.message}`;
    log?.({ level: 'warn', message, session: id, error });
  }

  /** Its queue is full. The log has it already. */
  drop(events: readonly { readonly event: FromRouter }[], { watched }: Missing): void {
    if (watched) for (const { event } of events) watched.missed(event, 'too much waits for it already (limits.onQueueFull)');
  }
}

import type { SerializationError } from '../../base/errors.ts';
import { named } from '../../base/words.ts';
import { Code, type FromRouter } from '../../protocol/messages.ts';
import type { LogEntry } from '../turns/log.ts';
import type { Who } from './router-session.ts';

/** Events that a session does not get, because its serializer cannot encode them: logged once for each session. */
export class MissedEvents {
  private areLogged = false;

  tell(event: FromRouter, error: SerializationError, { id, authid }: Who, log: ((entry: LogEntry) => void) | undefined): void {
    if (this.areLogged) return;
    this.areLogged = true;
    const which = event.type === Code.EVENT ? `the event of publication ${event.publication}` : 'an event';
    const message = `${named(authid)} does not get ${which}, and perhaps further ones (logged once): ${error.message}`;
    log?.({ level: 'warn', message, session: id, error });
  }
}

/* `call` and `publish` of a session, without what features put around them. */
import type { Publication } from '../api/payload.ts';
import type { Verbs } from '../kernel/kernel.ts';
import { about, said } from '../kernel/said.ts';
import type { Settle } from '../kernel/settle.ts';
import type { Caller } from '../roles/caller.ts';
import type { Publisher } from '../roles/publisher.ts';

/** What these verbs need of their session. */
interface Owner {
  readonly isOpen: boolean;
  promised<T>(start: (settle: Settle<T>) => void): Promise<T>;
  notSent(): Error;
}

export function rawVerbs(session: Owner, caller: Caller, publisher: Publisher): Verbs {
  return {
    call(read, procedure, args, kwargs, options) {
      const answer = session.promised<ReturnType<typeof read>>(({ resolve, reject }) =>
        caller.call({ resolve: (result) => resolve(read(result)), reject }, procedure, { args, kwargs }, options),
      );
      return said(answer, 'procedure', procedure);
    },
    publish(topic, args, kwargs, options) {
      const payload = { args, kwargs };
      if (options?.acknowledge === true) {
        const sent = session.promised<Publication>((settle) => publisher.publish(settle, topic, payload, options));
        return said(sent, 'topic', topic);
      }
      try {
        if (!session.isOpen) throw session.notSent();
        publisher.publish(undefined, topic, payload, options);
      } catch (error) {
        throw about(error, 'topic', topic);
      }
      return undefined;
    },
  };
}

/*
 * `subscribe` and `register` of a connection: handles that are asked for in every session.
 */
import { closedError } from '../../connection/closed-error.ts';
import type { Feature, KernelSession } from '../../kernel/kernel.ts';
import type { Durable, Owner } from './durable.ts';
import { DurableRegistrationHandle, DurableSubscriptionHandle } from './handles.ts';

export const durable: Feature = {
  name: 'durable',
  install(kernel) {
    const { connection } = kernel;
    if (!connection) return;
    let handles: readonly (DurableSubscriptionHandle | DurableRegistrationHandle)[] = [];
    const owner: Owner = {
      kernel,
      forget(handle) {
        handles = handles.filter((each) => each !== handle);
      },
    };

    const add = <H extends DurableSubscriptionHandle | DurableRegistrationHandle>(handle: H): H => {
      if (connection.isClosed) handle.refuse(closedError(connection.lastError));
      if (!handle.isFit()) return handle;
      handles = [...handles, handle];
      if (connection.session) handle.attach(connection.session);
      else connection.start();
      return handle;
    };

    kernel.standing = {
      get handles() {
        return handles;
      },
      subscribe(topic, handler, options) {
        const isLeft = (): boolean => handle.state === 'closed';
        const hooked = kernel.handler?.(handler, isLeft) ?? handler;
        const handle = new DurableSubscriptionHandle(owner, topic, hooked, options);
        return add(handle);
      },
      register: (procedure, endpoint, options) => add(new DurableRegistrationHandle(owner, procedure, endpoint, options)),
    };

    kernel.waiters.push({
      get size() {
        return handles.length;
      },
      get isAwaited() {
        return handles.some(({ isWatched }) => isWatched);
      },
      joined: (session) => attachAll(handles, session),
      lost(error) {
        for (const handle of handles) handle.detach(error);
      },
      dismiss() {
        const all = handles;
        handles = [];
        return (why) => {
          for (const handle of all) handle.finish(why);
        };
      },
    });
  },
};

/** What the router may have aborted the session for comes last, and one by one: then it is known by the next ABORT, and no other handle waits. */
function attachAll(handles: readonly Durable[], session: KernelSession): void {
  const suspects = handles.filter(({ isSuspect }) => isSuspect);
  const others = handles.filter(({ isSuspect }) => !isSuspect);
  const askNext = (): void => suspects.shift()?.attach(session, askNext, true);
  let unanswered = others.length;
  const answered = (): void => {
    if (--unanswered === 0) askNext();
  };
  for (const handle of others) handle.attach(session, answered);
  if (others.length === 0) askNext();
}

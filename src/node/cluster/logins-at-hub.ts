/* Remembered logins of browsers: one store for all processes, at the hub. */
import type { Awaitable } from '../../base/words.ts';
import type { CookieStore, StoredLogin } from '../cookies/cookie-store.ts';
import type { LoginRequest } from './hub-words.ts';

/** What the hub answers. */
export function answerLogin(store: CookieStore, request: LoginRequest): Awaitable<unknown> {
  switch (request.do) {
    case 'get':
      return store.get(request.hash);
    case 'set':
      return store.set(request.hash, request.login);
    case 'delete':
      return store.delete(request.hash);
    case 'deleteAll':
      return store.deleteAll(request.filter);
    default:
      return request satisfies never;
  }
}

/** The store as one of the processes has it. @param ask - Asks the hub. */
export function loginsAtHub(ask: <T>(request: LoginRequest) => Promise<T>): CookieStore {
  return {
    get: (hash) => ask<StoredLogin | undefined>({ do: 'get', hash }),
    set: (hash, login) => ask<void>({ do: 'set', hash, login }),
    delete: (hash) => ask<void>({ do: 'delete', hash }),
    deleteAll: (filter) => ask<number>({ do: 'deleteAll', filter }),
  };
}

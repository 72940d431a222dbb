/* The store of all processes, as one of them has it. */
import type { RealmStore, Store, StoreBounds } from '../../router/index.ts';
import type { StoreRequest, ToHub } from './hub-words.ts';

/** @param ask - Says something to the hub. Resolves with the answer. */
export function storeAtHub(ask: (words: (id: number) => ToHub) => Promise<unknown>): Store {
  let searches = 0;
  return {
    open: (realm, { now: _now, spend: _spend, ...bounds }: StoreBounds): RealmStore => {
      ask((id) => ({ say: 'open', id, realm, bounds })).catch(() => {}); // the first request fails, too
      const request = async <T>(given: StoreRequest): Promise<T> =>
        answerOf<T>(await ask((id) => ({ say: 'store', id, realm, request: given })));
      return {
        append: (event, places) => request({ do: 'append', event, places }),
        forget: (topic) => request({ do: 'forget', topic }),
        endSession: (session) => request({ do: 'endSession', session }),
        retained: (uri, match) => request({ do: 'retained', uri, match }),
        search: (history, query) => {
          searches++;
          const search = searches;
          const begun = request({ do: 'search', search, history, query });
          begun.catch(() => {}); // \`next\` reports it
          return {
            next: async () => {
              await begun;
              const value = await request<Awaited<ReturnType<RealmStore['retained']>> | undefined>({ do: 'next', search });
              return value ? { done: false, value } : { done: true, value: undefined };
            },
            return: async () => {
              await request({ do: 'end', search });
              return { done: true, value: undefined };
            },
          };
        },
      };
    },
  };
}

/** The hub runs the same code. */
function answerOf<T>(answer: unknown): T {
  return answer as T;
}

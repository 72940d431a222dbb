/* The store of all processes, at the hub: what they ask of it. */
import type { RealmStore, Store, StoredEvent } from '../../router/index.ts';
import type { RealmBounds, StoreRequest } from './hub-words.ts';

type Search = Iterator<readonly StoredEvent[]> | AsyncIterator<readonly StoredEvent[]>;

export class HubStore {
  private readonly store: Store;
  private readonly realms = new Map<string, RealmStore>();

  constructor(store: Store) {
    this.store = store;
  }

  /** All nodes have the same configuration, so the first bounds count. */
  open(realm: string, bounds: RealmBounds): void {
    if (this.realms.has(realm)) return;
    this.realms.set(realm, this.store.open(realm, { ...bounds, now: Date.now, spend: () => {} }));
  }

  /** @param searches - Those of the process that asks. */
  async answer(realm: string, request: StoreRequest, searches: Map<number, Search>): Promise<unknown> {
    const store = this.realms.get(realm);
    if (!store) throw new Error(`the realm ${realm} is not open`);
    switch (request.do) {
      case 'append':
        return store.append(kept(request.event), request.places);
      case 'forget':
        return store.forget(request.topic);
      case 'endSession':
        return store.endSession(request.session);
      case 'retained':
        return store.retained(request.uri, request.match);
      case 'search':
        searches.set(request.search, store.search(request.history, request.query));
        return undefined;
      case 'next': {
        const found = await searches.get(request.search)?.next();
        if (found && found.done !== true) return found.value;
        searches.delete(request.search);
        return undefined;
      }
      case 'end':
        await searches.get(request.search)?.return?.();
        searches.delete(request.search);
        return undefined;
      default:
        return request satisfies never;
    }
  }
}

/** The bytes are slices of what came over the socket. */
function kept({ payload, ...event }: StoredEvent): StoredEvent {
  const copy = (bytes: Uint8Array | undefined): Uint8Array | undefined => bytes && new Uint8Array(bytes);
  return { ...event, payload: payload && { ...payload, args: copy(payload.args), kwargs: copy(payload.kwargs) } };
}

/* Retained events: which there are, and what one of them holds. */
import { checkOptions, string } from '../../../base/options.ts';
import type { Id, Uri } from '../../../base/words.ts';
import type { Match } from '../../../protocol/uri.ts';
import type { StoredEvent } from '../../store/store.ts';
import { type ExplainedRealm, realmOf } from '../explain.ts';
import { payloadText } from '../payload-text.ts';

/** Which one is asked for. */
export interface RetainedQuery {
  /** Default: the only one. */
  readonly realm?: Uri | undefined;
  /** Its topic. */
  readonly uri: Uri;
}

export interface RetainedValue {
  readonly uri: Uri;
  /** Of its publication, in milliseconds since 1970. */
  readonly at: number;
  /** The id of its publication: another one has come when it changes. */
  readonly publication: Id;
  /** Of its payload. */
  readonly bytes: number;
  /** The arguments, and the keywords if there are any, as JSON, cut, with `***` for what is masked; above 256 KiB only its length. Null: there is none, or it cannot be read. */
  readonly payload: string | null;
}

/** @returns Null: the topic has no retained event. @throws TypeError for a wrong query. Error, if the store does not answer. */
export async function retainedValue(realms: ReadonlyMap<Uri, ExplainedRealm>, query: RetainedQuery): Promise<RetainedValue | null> {
  checkOptions('retained', query, { realm: string, uri: string });
  const { uri } = query;
  if (uri === undefined) throw new TypeError('expected uri of retained, got nothing');
  const realm = realmOf(realms, query.realm, 'retained');
  const event = (await retainedIn(realm, uri, 'exact')).find(({ topic }) => topic === uri);
  if (!event) return null;
  const { time: at, publication } = event;
  return {
    uri,
    at,
    publication,
    bytes: bytesOf(event),
    payload: payloadText({ carried: realm.keeping.carried(event) }, realm.masks.of(uri)),
  };
}

/** @throws Error, if the store does not answer. */
export async function retainedIn({ keeping }: ExplainedRealm, uri: Uri, match: Match): Promise<readonly StoredEvent[]> {
  const answer = await keeping.retained(uri, match);
  if ('fault' in answer) throw new Error(answer.fault.text);
  return answer.value;
}

export function bytesOf({ payload }: StoredEvent): number {
  return (payload?.args?.length ?? 0) + (payload?.kwargs?.length ?? 0);
}

/*
 * The names of streams and subjects. NATS takes neither `.*>` nor spaces nor long names, so realms, topics and histories are hashed: 32 characters of base64url, 192 bits of
 * SHA-256.
 */
import { createHash } from 'node:crypto';
import type { Uri } from '../../base/words.ts';
import type { HistoryName } from '../../router/store/store.ts';

/** The same text is the same token. */
export function tokenOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 32);
}

/** What is kept in a stream of its own: `history` undefined: the retained events of the realm. */
export interface Place {
  readonly stream: string;
  /** All subjects of the stream begin with it and a dot. */
  readonly subject: string;
  /** For people. */
  readonly description: string;
}

/** @param name - The name of the cluster. */
export function placeOf(name: string, realm: Uri, history: HistoryName | undefined): Place {
  const token = tokenOf(JSON.stringify(history ? [realm, history.match, history.uri] : [realm]));
  const kind = history ? 'history' : 'retained';
  const what = history ? `the history of ${history.uri} (${history.match})` : 'retained events';
  return {
    stream: `autostrada_${name}_${kind}_${token}`,
    subject: `autostrada.${name}.${kind}.${token}`,
    description: `${what} in ${realm}`.slice(0, 1000),
  };
}

/** A store that is open answers here. */
export function subjectOfWriter(name: string, writer: string): string {
  return `autostrada.${name}.store.${writer}`;
}

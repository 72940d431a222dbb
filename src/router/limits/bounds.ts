/*
 * Finds parts of a message that are longer than the limits allow: URIs, lists, short texts. The functions return a text for people, or undefined; the
 * caller decides about the answer. Values are shown shortened: an answer must not carry a megabyte back.
 */

import type { Dict } from '../../base/words.ts';
import { isUri, type Match, uriComplaint } from '../../protocol/uri.ts';
import type { SettledLimits } from './limits.ts';

/** WAMP has no URI for a limit that a session has reached. */
export const LIMIT_EXCEEDED = 'autostrada.error.limit_exceeded';

/** WAMP knows about ten. */
const MAX_METHODS = 100;

const lists = ['exclude', 'exclude_authid', 'exclude_authrole', 'eligible', 'eligible_authid', 'eligible_authrole'] as const;

export class Bounds {
  private readonly limits: Pick<SettledLimits, 'maxUriLength' | 'maxUriComponents' | 'maxListLength'>;

  constructor(limits: Bounds['limits']) {
    this.limits = limits;
  }

  /** Why this URI is refused. The length is checked first, so that a URI that is too long is not searched. */
  uri(uri: unknown, match: Match = 'exact'): string | undefined {
    if (typeof uri !== 'string') return uriComplaint(uri, match);
    const { maxUriLength } = this.limits;
    if (uri.length > maxUriLength)
      return `expected a URI of at most ${maxUriLength} characters (limits.maxUriLength), got ${uri.length}: ${shortly(uri)}`;
    if (!isUri(uri, match)) return uri.length > 100 ? `expected a URI, got ${shortly(uri)}` : uriComplaint(uri, match);
    return this.components(uri);
  }

  /** The same for a text that should be a URI but need not be: an error, a reason. */
  reason(uri: string): string | undefined {
    return this.text(uri) ?? this.components(uri);
  }

  /** Why this text is too long to be kept or sent to others. */
  text(text: string): string | undefined {
    const { maxUriLength } = this.limits;
    if (text.length <= maxUriLength) return undefined;
    return `expected at most ${maxUriLength} characters (limits.maxUriLength), got ${text.length}: ${shortly(text)}`;
  }

  /** Checks the members of HELLO.Details that are kept, searched for, or sent to others. */
  hello({ authid, authmethods }: Dict): string | undefined {
    const tooLong = typeof authid === 'string' ? this.text(authid) : undefined;
    if (tooLong !== undefined) return `authid: ${tooLong}`;
    if (!Array.isArray(authmethods)) return undefined;
    if (authmethods.length > MAX_METHODS) return `authmethods: expected at most ${MAX_METHODS}, got ${authmethods.length}`;
    for (const method of authmethods) {
      const complaint = typeof method === 'string' ? this.text(method) : undefined;
      if (complaint !== undefined) return `authmethods: ${complaint}`;
    }
    return undefined;
  }

  /** Checks the principal that a hook, an authenticator or a login's proof returned. */
  identity({ authid, authrole }: { readonly authid: string; readonly authrole: string }): string | undefined {
    const [ofId, ofRole] = [this.text(authid), this.text(authrole)];
    if (ofId !== undefined) return `authid: ${ofId}`;
    return ofRole === undefined ? undefined : `authrole: ${ofRole}`;
  }

  /** Checks the options of PUBLISH that choose its receivers. */
  audience(options: Dict): string | undefined {
    const { maxListLength } = this.limits;
    for (const name of lists) {
      const list = options[name];
      if (!Array.isArray(list)) continue; // the codec has checked its type
      if (list.length > maxListLength)
        return `${name}: expected at most ${maxListLength} entries (limits.maxListLength), got ${list.length}`;
    }
    return undefined;
  }

  private components(uri: string): string | undefined {
    const { maxUriComponents } = this.limits;
    if (uri.length < maxUriComponents) return undefined; // each but the last has a dot
    let count = 1;
    for (let dot = uri.indexOf('.'); dot >= 0; dot = uri.indexOf('.', dot + 1)) count++;
    if (count <= maxUriComponents) return undefined;
    return `expected a URI of at most ${maxUriComponents} components (limits.maxUriComponents), got ${count}: ${shortly(uri)}`;
  }
}

/** For texts about a value that a peer chose. */
export function shortly(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}

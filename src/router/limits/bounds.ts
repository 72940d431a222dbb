/*
 * What of a message is longer than the limits take: URIs, lists, short texts. Whoever asks gets a complaint for people, or undefined; what is
 * answered is the caller's matter. Values are shown shortened: an answer must not carry a megabyte back.
 */
import { isUri, type Match, uriComplaint } from '../../protocol/uri.ts';
import type { Dict } from '../../words.ts';
import type { SettledLimits } from './limits.ts';

/** WAMP has no word for a limit that a session has reached. */
export const LIMIT_EXCEEDED = 'autostrada.error.limit_exceeded';

/** WAMP knows about ten. */
const MAX_METHODS = 100;

const lists = ['exclude', 'exclude_authid', 'exclude_authrole', 'eligible', 'eligible_authid', 'eligible_authrole'] as const;

export class Bounds {
  private readonly limits: Pick<SettledLimits, 'maxUriLength' | 'maxUriComponents' | 'maxListLength'>;

  constructor(limits: Bounds['limits']) {
    this.limits = limits;
  }

  /** Why this is no URI that is taken here: by its length before all else, so that nothing is searched that is too long. */
  uri(uri: unknown, match: Match = 'exact'): string | undefined {
    if (typeof uri !== 'string') return uriComplaint(uri, match);
    const { maxUriLength } = this.limits;
    if (uri.length > maxUriLength)
      return `expected a URI of at most ${maxUriLength} characters (limits.maxUriLength), got ${uri.length}: ${shortly(uri)}`;
    if (!isUri(uri, match)) return uri.length > 100 ? `expected a URI, got ${shortly(uri)}` : uriComplaint(uri, match);
    return this.components(uri);
  }

  /** The same for what others chose, that need be no URI: an error, a reason. */
  reason(uri: string): string | undefined {
    return this.text(uri) ?? this.components(uri);
  }

  /** Why this is longer than a text that is kept or told to others. */
  text(text: string): string | undefined {
    const { maxUriLength } = this.limits;
    if (text.length <= maxUriLength) return undefined;
    return `expected at most ${maxUriLength} characters (limits.maxUriLength), got ${text.length}: ${shortly(text)}`;
  }

  /** Of HELLO.Details: what is kept, searched for, or told to others. */
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

  /** Of who comes in: what a hook, an authenticator or a login's proof gave. */
  identity({ authid, authrole }: { readonly authid: string; readonly authrole: string }): string | undefined {
    const [ofId, ofRole] = [this.text(authid), this.text(authrole)];
    if (ofId !== undefined) return `authid: ${ofId}`;
    return ofRole === undefined ? undefined : `authrole: ${ofRole}`;
  }

  /** Of options of PUBLISH: who gets it and who does not. */
  audience(options: Dict): string | undefined {
    const { maxListLength } = this.limits;
    for (const name of lists) {
      const list = options[name];
      if (!Array.isArray(list)) continue; // the codec has seen to its type
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

/** For texts about a value that somebody else chose. */
export function shortly(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}

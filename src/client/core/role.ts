/*
 * What the four roles of a session share: the link, the requests, and the way to say that user code went wrong.
 */

import type { Clock } from '../../clock.ts';
import { ApplicationError } from '../../errors.ts';
import type { Link } from '../../link.ts';
import type { FromClient, FromRouter } from '../../protocol/messages.ts';
import { isReserved, type Match, uriComplaint } from '../../protocol/uri.ts';
import { INVALID_URI } from '../../protocol/uris.ts';
import type { Uri } from '../../words.ts';
import type { PayloadPassthru } from '../api/payload.ts';
import type { RouterFeatures } from '../api/session-api.ts';
import type { Report } from './callbacks.ts';
import type { Foreign } from './local-options.ts';
import type { Points } from './middleware.ts';
import type { Requests } from './requests.ts';

export interface Role {
  readonly link: Link<FromRouter, FromClient>;
  readonly requests: Requests;
  readonly features: RouterFeatures;
  readonly report: Report;
  readonly clock: Clock;
  readonly passthru: PayloadPassthru | undefined;
  readonly points: Points;
  readonly foreign: Foreign;
}

/**
 * A URI is looked at before anything is sent.
 *
 * @throws {@link ApplicationError} `wamp.error.invalid_uri`, as the router would answer.
 */
export function checkUri(uri: unknown, match: Match | null = 'exact'): asserts uri is Uri {
  const complaint = uriComplaint(uri, match ?? 'exact');
  if (complaint !== undefined) throw new ApplicationError(INVALID_URI, [complaint]);
}

/** The same for what one registers and publishes: never below `wamp.` (WAMP "URIs"). */
export function checkOwnUri(uri: unknown, match?: Match | null): asserts uri is Uri {
  checkUri(uri, match);
  if (isReserved(uri))
    throw new ApplicationError(INVALID_URI, [
      `expected a URI not below 'wamp.', which is the router's, got ${JSON.stringify(uri)}`,
    ]);
}

/** Payload from plain JavaScript: what is no list and no object would break the session's line, so it stops here. */
export function checkPayload(args: unknown, kwargs: unknown): void {
  if (args !== undefined && args !== null && !Array.isArray(args)) {
    throw new TypeError(`expected args to be a list, got ${typeof args}: write [value]`);
  }
  if (kwargs === undefined || kwargs === null) return;
  // Of a Map or a Set nothing would arrive.
  const kind = Object.prototype.toString.call(kwargs).slice(8, -1);
  if (kind !== 'Object') throw new TypeError(`expected kwargs to be an object, got ${kind === 'Array' ? 'a list' : kind}`);
}

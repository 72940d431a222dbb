/*
 * What a user gives to a verb is checked before anything is sent: at the router it would end the session.
 */
import { kindOf } from '../../base/checks.ts';
import { ApplicationError } from '../../base/errors.ts';
import type { Dict, Uri } from '../../base/words.ts';
import { isReserved, type Match, uriComplaint } from '../../protocol/uri.ts';
import { INVALID_URI } from '../../protocol/uris.ts';
import type { PayloadIn } from '../api/payload.ts';
import {
  foreignNames,
  type VerbName,
  type VerbOptions,
  type VerbOptionsBrought,
  verbOptions,
  wireOptions,
} from './verb-options.ts';

/**
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

/** Payload from plain JavaScript. @throws TypeError */
export function checkPayload({ args, kwargs }: PayloadIn): void {
  if (args !== undefined && args !== null && !Array.isArray(args)) {
    throw new TypeError(`expected args to be a list, got ${typeof args}: write [value]`);
  }
  if (kwargs === undefined || kwargs === null) return;
  // Of a Map or a Set nothing would arrive.
  const kind = kindOf(kwargs);
  if (kind !== 'Object') throw new TypeError(`expected kwargs to be an object, got ${kind === 'Array' ? 'a list' : kind}`);
}

interface Standing {
  readonly match?: Match | null | undefined;
}

/** Checks what is asked of the router, and gives the options for the wire. Each throws what is wrong. */
export interface Fit {
  call(uri: unknown, payload: PayloadIn, options?: object): Dict;
  publish(uri: unknown, payload: PayloadIn, options?: object): Dict;
  subscribe(uri: unknown, handler: unknown, options?: Standing): Dict;
  register(uri: unknown, endpoint: unknown, options?: Standing): Dict;
}

/** @param brought - The options of verbs that features bring. */
export function createFit(brought: readonly VerbOptionsBrought[]): Fit {
  const foreign = foreignNames();
  const wire = (verb: VerbName) => {
    const { name, ours, wamp } = verbOptions[verb];
    const known: VerbOptions = { name, ours: Object.assign({}, ours, ...brought.map((each) => each[verb])), wamp };
    return (options?: object): Dict => wireOptions(options, known, foreign);
  };
  const [call, publish, subscribe, register] = [wire('call'), wire('publish'), wire('subscribe'), wire('register')];
  const isFunction = (value: unknown, what: string): void => {
    if (typeof value !== 'function') throw new TypeError(`expected the ${what} to be a function, got ${typeof value}`);
  };
  return {
    call(uri, payload, options) {
      checkUri(uri);
      checkPayload(payload);
      return call(options);
    },
    publish(uri, payload, options) {
      checkOwnUri(uri);
      checkPayload(payload);
      return publish(options);
    },
    subscribe(uri, handler, options) {
      checkUri(uri, options?.match);
      isFunction(handler, `handler of ${uri}`);
      return subscribe(options);
    },
    register(uri, endpoint, options) {
      checkOwnUri(uri, options?.match);
      isFunction(endpoint, `endpoint of ${uri}`);
      return register(options);
    },
  };
}

/*
 * The procedures below `wamp.` (WAMP "Meta API") and below `autostrada.`: one table from URI to its function. They are answered at once: no session is
 * behind them, and registrations are not searched. Each family has a file; a new procedure is a row in its table.
 */
import { ApplicationError, SerializationError } from '../../base/errors.ts';
import type { Uri } from '../../base/words.ts';
import { type Call, Code, type Payload } from '../../protocol/messages.ts';
import type { Carried } from '../../serializer/formats/carried.ts';
import type { Outcome } from '../elsewhere/elsewhere.ts';
import { refuse, refuseUnfit } from '../session/refuse.ts';
import type { LiveSession } from '../session/session.ts';
import type { Piecewise, Work } from '../turns/turns.ts';
import { expectKeywords } from './arguments.ts';
import { everywhere, isRefusal } from './everywhere.ts';
import { loginProcedures } from './login.ts';
import type { Answer, Answered, MetaProcedure, MetaRealm } from './meta-realm.ts';
import { registrationProcedures } from './registration.ts';
import { ADD_TESTAMENT, sessionProcedures } from './session.ts';
import { subscriptionProcedures } from './subscription.ts';
import { addCarriedTestament } from './testaments.ts';
import { topicProcedures } from './topic.ts';

/** By URI. */
export const procedures: ReadonlyMap<Uri, MetaProcedure> = new Map(
  [sessionProcedures, registrationProcedures, subscriptionProcedures, topicProcedures, loginProcedures]
    .flatMap(Object.entries<MetaProcedure | Answer>)
    .map(([uri, row]) => [uri, typeof row === 'function' ? { keywords: [], answer: row } : row]),
);

/** The payload of a testament is not decoded, but kept as bytes. The payload of all other calls is decoded. */
function answerCarried(
  realm: MetaRealm,
  caller: LiveSession,
  procedure: Uri,
  known: MetaProcedure,
  carried: Carried,
): Answered | Promise<Answered> {
  if (procedure === ADD_TESTAMENT) return addCarriedTestament(realm, caller, carried);
  return answerValues(realm, caller, known, carried.values());
}

function answerValues(
  realm: MetaRealm,
  caller: LiveSession,
  { keywords, answer }: MetaProcedure,
  { args = [], kwargs = {} }: Payload,
): Answered | Promise<Answered> {
  expectKeywords(kwargs, keywords);
  return answer(realm, caller, args, kwargs);
}

/** Answers a CALL of one of them with RESULT or ERROR. In a cluster some need the answers of the other nodes, too. */
export function answerMeta(realm: MetaRealm, caller: LiveSession, call: Call): void {
  const { request, procedure } = call;
  const settle = (outcome: Outcome): void => {
    if (caller.isGone) return;
    if ('error' in outcome) {
      if (outcome.error instanceof SerializationError) return refuseUnfit(caller, Code.CALL, request, outcome.error);
      return refuse(caller, Code.CALL, request, outcome.error.uri, String(outcome.error.args[0]));
    }
    const unfit = caller.send({ type: Code.RESULT, request, details: {}, ...outcome.value });
    if (unfit) refuseUnfit(caller, Code.CALL, request, unfit);
  };
  const join = realm.elsewhere && everywhere.get(procedure);
  if (!join) return answerFor(realm, caller, procedure, call, settle);
  const answered = async (): Promise<Outcome> => {
    const first = await new Promise<Outcome>((resolve) => answerFor(realm, caller, procedure, call, resolve));
    // The others would not refuse it: what they take for wrong may differ, and they do not ask what the caller may do.
    if (isRefusal(first)) return first;
    return join([first, ...((await realm.elsewhere?.ask(call)) ?? [])], call);
  };
  caller.hold(answered(), settle, false);
}

/** The answer of this node to a call of one of them. */
export function answerFor(
  realm: MetaRealm,
  caller: LiveSession,
  procedure: Uri,
  { args, kwargs, carried }: Payload,
  settle: (outcome: Outcome) => void,
): void {
  const succeed = (value: Payload): void => settle({ value });
  const fail = (error: unknown): void => {
    if (!(error instanceof ApplicationError || error instanceof SerializationError)) throw error;
    settle({ error });
  };
  const inPieces = function* (pieces: Piecewise<Payload>): Work {
    try {
      for (let piece = pieces.next(); !caller.isGone; piece = pieces.next()) {
        if (piece.done) return succeed(piece.value);
        if (piece.value instanceof Promise) return caller.hold(piece.value, () => caller.do(inPieces(pieces)), false);
        yield;
      }
    } catch (error) {
      fail(error);
    }
  };
  const goOn = (result: Answered): void => ('next' in result ? caller.do(inPieces(result)) : succeed(result));
  try {
    const known = procedures.get(procedure);
    if (!known) throw new ApplicationError('wamp.error.no_such_procedure', [`the router has no ${procedure}`]);
    const result = carried
      ? answerCarried(realm, caller, procedure, known, carried)
      : answerValues(realm, caller, known, { args, kwargs });
    // All are answered at once, except those that wait for an authorizer, or for the store.
    if (result instanceof Promise) result.then(goOn).catch((error: unknown) => caller.guard(() => fail(error)));
    else goOn(result);
  } catch (error) {
    fail(error);
  }
}

import type { SerializationError } from '../../base/errors.ts';
import type { Id, Uri } from '../../base/words.ts';
import { Code } from '../../protocol/messages.ts';
import { PAYLOAD_SIZE_EXCEEDED } from '../../protocol/uris.ts';
import type { LiveSession } from './session.ts';

/** Answers a request with ERROR. The text is for people; programs use the URI. */
export function refuse(session: LiveSession, requestType: Code, request: Id, error: Uri, text: string): void {
  const refusal = { type: Code.ERROR, requestType, request, details: {} } as const;
  if (!session.send({ ...refusal, error, args: [text] })) return;
  // It is longer than the session accepts, for example because of a long URI. But the request needs an answer.
  session.send({ ...refusal, error: PAYLOAD_SIZE_EXCEEDED });
}

/** Answers a request with ERROR because its payload, or that of its answer, cannot be passed on. */
export function refuseUnfit(session: LiveSession, requestType: Code, request: Id, { uri, message }: SerializationError): void {
  refuse(session, requestType, request, uri === PAYLOAD_SIZE_EXCEEDED ? uri : 'wamp.error.invalid_argument', message);
}

/** The rules forbid disclosing the sender. */
export const DISCLOSURE = {
  uri: 'wamp.error.option_disallowed.disclose_me',
  text: 'callers and publishers are not disclosed here',
} as const;

/** WAMP "Caller Identification", "Publisher Identification": disclosing is not allowed here. */
export function refuseDisclosure(session: LiveSession, requestType: Code, request: Id): void {
  refuse(session, requestType, request, DISCLOSURE.uri, DISCLOSURE.text);
}

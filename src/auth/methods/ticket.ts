/* WAMP "Ticket-based Authentication", the router's side. */
import type { Awaitable } from '../../base/words.ts';
import { sameText } from '../crypto/bytes.ts';
import type { Method, Proof } from './verifier.ts';

/** What the router keeps: the ticket, or a function that checks a ticket and may say which user it belongs to. */
export type TicketEntry = string | ((ticket: string) => Awaitable<boolean | Proof['principal']>);

export const ticketMethod: Method<TicketEntry> = {
  authmethod: 'ticket',
  begin: (_claim, entry) => ({
    challenge: () => ({}),
    async verify(signature) {
      if (typeof entry !== 'function') return { isValid: sameText(signature, entry ?? NOBODYS) && entry !== undefined };
      const answer = await entry(signature);
      return typeof answer === 'object' ? { isValid: true, principal: answer } : { isValid: answer === true };
    },
  }),
};

/** Tickets are compared with this when there is no such user, so that it takes the same time. */
const NOBODYS = '\0 no ticket is this one';

import { checkGiven } from '../base/given.ts';
import { oneLine } from '../base/words.ts';
import type { Connection, DurableRegistration, DurableSubscription, Loss, Status } from '../index.ts';

/** More handles are only counted. */
const MAX_HANDLES = 50;
/** Longer texts are cut. */
const MAX_TEXT = 500;

/**
 * What a connection does now, as lines for a person: its state and session, its handles and why they are not active, what waits, and the last losses with their reasons. Without secrets
 * and payloads.
 *
 * @throws TypeError for anything but a connection.
 * @example console.log(inspect(connection));
 */
// biome-ignore lint/suspicious/noExplicitAny: any contract
export function inspect(connection: Pick<Connection<any>, 'status' | 'handles' | 'stats' | 'session' | 'clock'>): string {
  checkGiven('inspect of a connection', connection, 'subscribe');
  const { status, handles, clock } = connection;
  const { reconnects, pending, waiting, droppedPublications, framesIn, framesOut, losses } = connection.stats();
  const shown = handles.slice(0, MAX_HANDLES).map(handleLine);
  const more = handles.length > MAX_HANDLES ? [`  and ${handles.length - MAX_HANDLES} more`] : [];
  const since = losses.map((loss) => lossLine(loss, clock.now()));
  return [
    stateLine(status, clock.now()),
    `messages: ${framesIn} received, ${framesOut} sent; reconnects: ${reconnects}`,
    `waiting: ${pending} for an answer, ${waiting} for a session; dropped events: ${droppedPublications}`,
    `handles: ${handles.length}`,
    ...shown,
    ...more,
    ...(since.length === 0 ? [] : ['last losses:', ...since]),
  ].join('\n');
}

function stateLine(status: Status, now: number): string {
  switch (status.state) {
    case 'idle':
      return 'idle: the first verb opens it';
    case 'connecting':
      return `connecting to ${plain(status.url)}, attempt ${status.attempt}`;
    case 'joined': {
      const { id, realm, authid, authrole } = status.session;
      return `joined to ${plain(realm)} at ${plain(status.url)}, session ${id}, as ${plain(JSON.stringify(authid))} (authrole ${plain(authrole)})`;
    }
    case 'waiting': {
      const { attempt, error, retryAt } = status;
      const when = retryAt ? `tries again in ${seconds(retryAt.getTime() - now)}` : 'waits until the device is online';
      return `waiting after attempt ${attempt}, ${when}: ${plain(error.message)}`;
    }
    case 'closed':
      return `closed${status.error ? `: ${plain(status.error.message)}` : ''}`;
  }
}

function handleLine(handle: DurableSubscription | DurableRegistration): string {
  const what = plain('topic' in handle ? `subscription to ${handle.topic}` : `registration of ${handle.procedure}`);
  return `  ${handle.state}: ${what}${handle.error ? `: ${plain(handle.error.message)}` : ''}`;
}

function lossLine({ at, error }: Loss, now: number): string {
  return `  ${seconds(now - at)} ago: ${plain(error.message)}`;
}

/** Names and texts of a router stay on their line, and command no terminal. */
function plain(text: string): string {
  return oneLine(text, MAX_TEXT);
}

function seconds(ms: number): string {
  return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
}

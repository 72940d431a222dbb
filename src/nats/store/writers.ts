/* Which stores are open. Each answers on a subject of its own; where nobody listens the server says so at once. */
import type { Subscription } from '@nats-io/transport-node';
import { pause } from './line.ts';
import { subjectOfWriter } from './names.ts';
import type { Host } from './place.ts';

/** A store that was cut off for a moment is back by then. */
const GRACE_MS = 6000;
const PAUSE_MS = 250;

export function answer({ line, name, writer }: Pick<Host, 'line' | 'name' | 'writer'>): Subscription {
  return line.connection.subscribe(subjectOfWriter(name, writer), {
    callback: (error, message) => void (error ?? message.respond()),
  });
}

export async function isAlive({ line, name, writer: own }: Host, writer: string): Promise<boolean> {
  if (writer === own) return true;
  const since = performance.now();
  for (;;) {
    const answered = await line.connection.request(subjectOfWriter(name, writer), undefined, { timeout: GRACE_MS }).then(
      () => true,
      () => false,
    );
    if (answered) return true;
    if (line.isClosed || performance.now() - since > GRACE_MS) return false;
    await pause(PAUSE_MS);
  }
}

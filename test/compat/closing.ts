// Transports that close within `close()`, as those that programs write do.

import { ABORT, GOODBYE, RESULT } from '../fixtures/messages.ts';
import { type Any, type Lab, script } from './lab.ts';
import type { Line } from './line.ts';

const endings: { [name: string]: (connection: Any, line: Line) => void } = {
  'close()': (connection, line) => {
    connection.close();
    line.deliver(GOODBYE({}, 'wamp.close.goodbye_and_out'));
  },
  GOODBYE: (_, line) => line.deliver(GOODBYE({}, 'wamp.close.system_shutdown')),
  'a protocol violation': (_, line) => line.deliver(RESULT(99, {}, [])),
};
const beforeWelcome: typeof endings = {
  'close() before WELCOME': (connection) => connection.close(),
  ABORT: (_, line) => line.deliver(ABORT({}, 'wamp.error.not_authorized')),
  'a protocol violation before WELCOME': (_, line) => line.deliver(RESULT(99, {}, [])),
};
async function joining(lab: Lab, options: Any): Promise<{ connection: Any; line: Line }> {
  const { connection, line } = lab.connection(options);
  connection.open();
  line().open();
  await lab.settle();
  return { connection, line: line() };
}

for (const [name, end] of Object.entries({ ...endings, ...beforeWelcome })) {
  for (const wasClean of [true, false]) {
    script(`connection: ${name}, and a transport that closes ${wasClean ? '' : 'uncleanly, '}within close()`, async (lab) => {
      const options = { on_internal_error: () => {} };
      const { connection, line } = name in endings ? await lab.joined(options) : await joining(lab, options);
      const closes: Any[] = [];
      connection.onclose = (reason: unknown, details: Any) =>
        void closes.push([reason, details.reason, details.will_retry, details.retry_count, typeof details.retry_delay]);
      line.transport.close = () => line.end({ code: 1000, reason: '', wasClean });
      end(connection, line);
      await lab.settle();
      lab.see('closes', closes);
      lab.see('state', [connection.isOpen, connection.isConnected, connection.isRetrying, connection.session]);
    });
  }
}

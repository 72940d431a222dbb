// What users have reported of Autobahn|JS, by the number of the issue in crossbario/autobahn-js: the program that they showed, on both.
import WebSocket from 'ws';
import { GOODBYE, SUBSCRIBED, UNSUBSCRIBED } from '../fixtures/messages.ts';
import { type Any, script, welcome } from './lab.ts';
import { open, staged } from './stage.ts';

script('[H11] reported: 506, is the session open in onclose?', async (lab) => {
  for (const how of ['closed', 'lost', 'GOODBYE', 'ABORT'] as const) {
    const { connection, session, line } = await lab.joined({ max_retries: 0 });
    const told: unknown[] = [];
    connection.onclose = (reason: string) => {
      told.push(reason, session.isOpen, session.id === null, connection.isOpen, connection.session === session);
      return true;
    };
    if (how === 'lost') line.drop();
    else if (how === 'closed') {
      connection.close();
      line.deliver(GOODBYE({}, 'wamp.close.goodbye_and_out'));
    } else line.deliver([how === 'GOODBYE' ? 6 : 3, {}, 'com.example.reason']);
    await lab.settle();
    lab.see(how, [...told, session.isOpen, connection.session]);
  }
});

script('[H11] reported: 54, unsubscribing all that the session lists', async (lab) => {
  const { session, line, wire } = await lab.joined();
  for (const [i, topic] of ['a', 'a', 'b'].entries()) {
    const asked = session.subscribe(`com.example.${topic}`, () => {});
    line.deliver(SUBSCRIBED(i + 1, topic === 'a' ? 77 : 78));
    await asked;
  }
  const told: unknown[] = [];
  for (const list of session.subscriptions)
    for (const each of [...list]) each.unsubscribe().then((isLast: unknown) => told.push([each.topic, isLast]));
  line.deliver(UNSUBSCRIBED(4));
  line.deliver(UNSUBSCRIBED(5));
  await lab.settle();
  lab.see('told', told);
  lab.see('wire', wire);
  lab.see('left', session.subscriptions.length);
});

script('[H11] reported: 508, unsubscribing when the session is over', async (lab) => {
  const { session, line, connection } = await lab.joined({ max_retries: 0 });
  const asked = [1, 2].map((id) => {
    const promise = session.subscribe('com.example.t', () => {});
    line.deliver(SUBSCRIBED(id, 77));
    return promise;
  });
  const [first, second] = await Promise.all(asked);
  connection.onclose = () => true;
  line.drop();
  await lab.settle();
  for (const [i, each] of [first, second].entries()) {
    lab.see(
      `unsubscribe ${i}`,
      lab.attempt(() => each.unsubscribe()),
    );
    lab.see(`active ${i}`, each.active);
  }
});

script('[H11] reported: 467, an endpoint that returns nothing, by MessagePack', async (lab) => {
  await staged(lab, open, async (stage) => {
    const { session } = await stage.open({ serializers: [new lab.autobahn.serializer.MsgpackSerializer()] });
    await session.register('com.example.p', () => {});
    const answer = session.call('com.example.p').then((value: unknown) => ['answered', value]);
    lab.see('answer', await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 250, 'never'))]));
  });
});

script('[H11] reported: 565, payloads of more than 16 kB, by CBOR', async (lab) => {
  await staged(lab, open, async (stage) => {
    const { session } = await stage.open({ serializers: [new lab.autobahn.serializer.CBORSerializer()] });
    await session.register('com.example.length', ([text]: Any[]) => text.length);
    const lengths = [16_000, 17_000, 100_000, 10, 1_000_000].map((length) =>
      session.call('com.example.length', ['x'.repeat(length)]),
    );
    lab.see('lengths', await Promise.all(lengths));
  });
});

script('[H11] reported: 237, all topics by an empty prefix, and by wildcards', async (lab) => {
  await staged(lab, open, async (stage) => {
    const { session } = await stage.open();
    const heard: unknown[] = [];
    for (const [uri, match] of [
      ['', 'prefix'],
      ['.', 'wildcard'],
    ]) {
      const outcome = session.subscribe(uri, (args: Any, _kwargs: Any, { topic }: Any) => heard.push([match, topic, args.length]), {
        match,
      });
      lab.see(
        match as string,
        await outcome.then(
          ({ topic }: Any) => topic,
          (error: Any) => error.error,
        ),
      );
    }
    await session.publish('example.t', [1], {}, { exclude_me: false, acknowledge: true });
    await session.call('wamp.session.count');
    lab.see('heard', heard);
  });
});

script('[H11] reported: 485, what the WebSocket is closed with', async (lab) => {
  const closes: Any[][] = [];
  class Told extends WebSocket {
    constructor(...given: ConstructorParameters<typeof WebSocket>) {
      super(...given);
      this.on('error', () => {});
    }
    override close(...given: Any[]): void {
      closes.push(given);
      super.close(...given);
    }
  }
  Object.assign(globalThis, { WebSocket: Told });
  await staged(lab, open, async (stage) => {
    await stage.refused({ realm: 'realm2', max_retries: 0 });
    const { connection, closed } = await stage.open();
    connection.close();
    await closed;
  });
  // There undefined is handed over, which some platforms take for 0.
  lab.see(
    'an illegal code',
    closes.filter(([code]) => code !== undefined && code !== 1000 && !(code >= 3000 && code < 5000)),
  );
  lab.see('undefined as a code', closes.filter((given) => given.length > 0 && given[0] === undefined).length > 0);
});

script('[H11] reported: 379, who publishes while the connection is closing', async (lab) => {
  const { session, line, connection } = await lab.joined({}, welcome);
  connection.close();
  lab.see(
    'publish',
    lab.attempt(() => session.publish('com.example.t', [1])),
  );
  lab.see(
    'acknowledged',
    lab.attempt(() => session.publish('com.example.t', [1], {}, { acknowledge: true })),
  );
  lab.see(
    'call',
    lab.attempt(() => session.call('com.example.p')),
  );
  line.deliver(GOODBYE({}, 'wamp.close.goodbye_and_out'));
  await lab.settle();
  lab.see(
    'afterwards',
    lab.attempt(() => session.publish('com.example.t', [1])),
  );
});

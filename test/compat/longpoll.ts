// The transport `longpoll`: on our router, and alone, on a server that the script plays.
import { createServer, type ServerResponse } from 'node:http';
import { HELLO } from '../fixtures/messages.ts';
import { type Any, type Lab, script } from './lab.ts';
import { open, staged } from './stage.ts';
import { XMLHttpRequest } from './xhr.ts';

/** Who polls in Node.js brings one. */
async function withXhr(run: () => Promise<void>): Promise<void> {
  Object.assign(globalThis, { XMLHttpRequest });
  try {
    await run();
  } finally {
    delete (globalThis as Any).XMLHttpRequest;
  }
}

/** But for the name that the router gave it. */
const masked = (value: Any): Any =>
  JSON.parse(
    JSON.stringify(value)
      .replace(/:\d+\/lp(\/[\w-]+)?/g, ':port/lp$1')
      .replace(/\/lp\/[\w-]+/, '/lp/id'),
  );

script('longpoll: calls, events and the end', (lab) =>
  withXhr(() =>
    staged(lab, open, async (stage) => {
      const options = { transports: [{ type: 'longpoll', url: stage.longPollUrl, request_timeout: 20_000 }] };
      const { details, session, connection, closed } = await stage.open(options);
      lab.see('transport', [details.transport.type, details.transport.protocol, Object.keys(details.transport).sort()]);
      lab.see('its url', masked(details.transport.url));
      lab.see('serializer', session._socket.serializer.SERIALIZER_ID);
      const other = await stage.open(options);
      await session.register('com.example.echo', (args: Any) => args[0]);
      lab.see('call', await other.session.call('com.example.echo', ['ü', 1]));
      const many = await Promise.all(Array.from({ length: 20 }, (_, i) => other.session.call('com.example.echo', [i])));
      lab.see(
        'many',
        [...many].sort((a: Any, b: Any) => a - b),
      );
      const heard: unknown[] = [];
      await session.subscribe('com.example.t', (args: Any) => void heard.push(args));
      await other.session.publish('com.example.t', ['a'], {}, { acknowledge: true });
      await other.session.publish('com.example.t', ['b'], {}, { acknowledge: true });
      await until(() => heard.length > 1);
      lab.see('heard', heard);
      lab.see('nobody', (await session.call('com.example.nobody').then(null, (e: Any) => e)).error);
      connection.close();
      lab.see('closed', await closed);
      await stage.router.close();
      lab.see('the router closes', await soon(other.closed));
    }),
  ),
);

script('longpoll: refused', (lab) =>
  withXhr(() =>
    staged(lab, open, async (stage) => {
      const at = (url: string): Any => ({ transports: [{ type: 'longpoll', url }], max_retries: 0 });
      lab.see('nobody there', await stage.refused(at('http://127.0.0.1:1/lp')));
      lab.see('no long-poll there', await stage.refused(at(`${stage.longPollUrl}/nothing`)));
      lab.see('no such realm', await soon(stage.refused({ ...at(stage.longPollUrl), realm: 'realm2' })));
    }),
  ),
);

/** The reason that `onclose` is told, if it is. */
function soon(closed: Promise<Any[]>): Promise<unknown> {
  const late = new Promise((resolve) => setTimeout(resolve, 300, 'not told'));
  return Promise.race([closed.then(([reason]) => reason), late]);
}

async function until(isDone: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !isDone(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
}

interface Server {
  readonly url: string;
  /** What was posted, but for polls. */
  readonly posted: unknown[];
  /** What the polls are answered with. */
  readonly waiting: string[];
  status: { [verb: string]: number };
  isSilent: boolean;
  close(): void;
}

async function served(): Promise<Server> {
  const posted: unknown[] = [];
  const waiting: string[] = [];
  const polls: ServerResponse[] = [];
  const server = createServer((request, response) => {
    const verb = request.url?.split('/').pop() ?? '';
    let body = '';
    request.setEncoding('utf8').on('data', (text) => {
      body += text;
    });
    request.on('end', () => {
      if (verb !== 'receive') posted.push([request.method, request.url, verb === 'open' ? JSON.parse(body) : body]);
      if (all.isSilent) return;
      response.statusCode = all.status[verb] ?? 200;
      if (verb === 'open') response.end(JSON.stringify({ protocol: 'wamp.2.json', transport: 'x-1' }));
      else if (verb === 'receive') polls.push(response);
      else response.writeHead(all.status[verb] ?? 204).end();
    });
  });
  const timer = setInterval(() => {
    const { receive = 200 } = all.status;
    if (receive !== 200) polls.shift()?.writeHead(receive).end();
    else if (waiting.length > 0 && polls.length > 0) polls.shift()?.end(waiting.shift());
  }, 2);
  const port = await new Promise<number>((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as Any).port)));
  const all: Server = {
    url: `http://127.0.0.1:${port}/lp`,
    posted,
    waiting,
    status: {},
    isSilent: false,
    close: () => {
      clearInterval(timer);
      server.closeAllConnections();
      server.close();
    },
  };
  return all;
}

function made({ autobahn }: Lab, options: Any): { transport: Any; told: unknown[] } {
  const transport: Any = new (autobahn.transports.get('longpoll') as Any)(options).create();
  const told: unknown[] = [];
  for (const event of ['onopen', 'onmessage', 'onclose']) transport[event] = (given?: Any) => told.push([event, given]);
  return { transport, told };
}

script('longpoll: the transport', (lab) =>
  withXhr(async () => {
    const server = await served();
    const { transport, told } = made(lab, { url: server.url });
    lab.see('at once', [
      Object.keys(transport)
        .filter((key) => key !== '_run')
        .sort(),
      transport.protocol,
      transport.serializer.SERIALIZER_ID,
    ]);
    lab.see('info at once', masked(transport.info));
    await until(() => told.length > 0);
    lab.see('open', told.splice(0));
    lab.see('info', masked(transport.info));
    server.waiting.push('[2,7,{"ü":null}]', '[3]');
    await until(() => told.length > 1);
    lab.see('received', told.splice(0));
    lab.see('send', transport.send(HELLO('realm1', { ü: null })));
    await until(() => server.posted.length > 1);
    transport.send([2]);
    await until(() => server.posted.length > 2);
    lab.see('close', transport.close(1000, 'bye'));
    lab.see(
      'close again',
      lab.attempt(() => transport.close()),
    );
    lab.see(
      'send after it',
      lab.attempt(() => transport.send([3])),
    );
    await until(() => told.length > 0);
    lab.see(
      'closed',
      told.map(([event, { reason, ...given }]: Any) => [event, given]),
    );
    lab.see(
      'reason',
      told.map(([, { reason }]: Any) => reason),
    );
    lab.see('posted', server.posted);
    server.close();
  }),
);

for (const verb of ['open', 'send', 'receive', 'close'] as const) {
  script(`longpoll: ${verb} fails`, (lab) =>
    withXhr(async () => {
      const server = await served();
      server.status[verb] = 500;
      const { transport, told } = made(lab, { url: server.url });
      await until(() => told.length > 0);
      if (verb === 'send') transport.send([1]);
      if (verb === 'close') transport.close();
      await until(() => told.some(([event]: Any) => event === 'onclose'));
      lab.see(
        'told',
        told.map(([event, given]: Any) => [event, given?.wasClean]),
      );
      lab.see(
        'code and reason',
        told.map(([, given]: Any) => given && [given.code, given.reason]),
      );
      server.close();
    }),
  );
}

script('longpoll: nobody answers in time', (lab) =>
  withXhr(async () => {
    const server = await served();
    server.isSilent = true;
    const { told } = made(lab, { url: server.url, request_timeout: 50 });
    await until(() => told.length > 0);
    lab.see(
      'open',
      told.map(([event, given]: Any) => [event, given?.wasClean]),
    );
    server.isSilent = false;
    const second = made(lab, { url: server.url, request_timeout: 50 });
    await until(() => second.told.length > 1);
    lab.see(
      'receive',
      second.told.map(([event, given]: Any) => [event, given?.wasClean]),
    );
    server.close();
  }),
);

script('longpoll: closed before it is open', (lab) =>
  withXhr(async () => {
    const server = await served();
    const { transport, told } = made(lab, { url: server.url });
    const { throws }: Any = lab.attempt(() => transport.close());
    lab.see('throws', throws instanceof TypeError);
    await until(() => told.length > 0);
    await lab.settle();
    lab.see(
      'told',
      told.map(([event]: Any) => event),
    );
    server.close();
  }),
);

/* [M6] Ten faults that people have met. For each, what `autostrada tail` shows, or then `autostrada explain`, names the cause: both say what the router says here. */
import { ApplicationError, Connection } from 'autostrada';
import { type ExplainQuestion, Router, type RouterConfig } from 'autostrada/router';
import { expect, onTestFinished, test } from 'vitest';

const config: RouterConfig = {
  realms: {
    shop: {
      authroles: {
        user: { permissions: [{ uri: '', match: 'prefix', allow: 'all' }] },
        guest: {
          permissions: [
            { uri: 'com.example.', match: 'prefix', allow: 'all' },
            { uri: 'com.example.prices', allow: ['subscribe'] },
          ],
        },
      },
    },
  },
};

interface Stage {
  readonly joe: Connection;
  readonly jane: Connection;
  readonly guest: Connection;
}

interface Fault {
  readonly name: string;
  /** What the two do. What fails is not thrown. */
  happens(stage: Stage): Promise<unknown>;
  /** The last line of tail. */
  readonly tail: RegExp;
  /** The second step, if the first does not say it all. */
  readonly explain?: { readonly question: ExplainQuestion; readonly says: RegExp };
}

const faults: readonly Fault[] = [
  {
    name: 'the topic of the publisher has a typing error',
    happens: async ({ joe, jane }) => {
      await joe.subscribe('com.example.news', () => {}).ready;
      jane.publish('com.example.nwes');
    },
    tail: /^nobody gets it; com\.example\.news has 1 subscriber: it is spelt nearly the same$/,
  },
  {
    name: 'the topic differs in upper and lower case',
    happens: async ({ joe, jane }) => {
      await joe.subscribe('com.example.onChange', () => {}).ready;
      jane.publish('com.example.onchange');
    },
    tail: /^nobody gets it; com\.example\.onChange has 1 subscriber: it differs in upper and lower case$/,
  },
  {
    name: 'a subscription that is meant as a prefix is exact',
    happens: async ({ joe, jane }) => {
      await joe.subscribe('com.example', () => {}).ready;
      jane.publish('com.example.news');
    },
    tail: /^nobody gets it; com\.example has 1 subscriber: it is exact; with match: 'prefix' it would match$/,
  },
  {
    name: 'a page waits for its own event',
    happens: async ({ joe }) => {
      await joe.subscribe('com.example.news', () => {}).ready;
      joe.publish('com.example.news');
    },
    tail: /^nobody gets it, the publisher is left out \(exclude_me\)$/,
  },
  {
    name: 'the publisher names others as receivers',
    happens: async ({ joe, jane }) => {
      await joe.subscribe('com.example.news', () => {}).ready;
      jane.publish('com.example.news', [], {}, { eligible_authid: ['jo'] });
    },
    tail: /^nobody gets it, 1 subscriber left out by its options \(exclude, eligible, …\)$/,
  },
  {
    name: 'a publication without acknowledge is not allowed',
    happens: async ({ joe, guest }) => {
      await joe.subscribe('com.example.prices', () => {}).ready;
      guest.publish('com.example.prices', [1]);
    },
    tail: /^wamp\.error\.not_authorized: .*the rule \{ uri: 'com\.example\.prices', match: 'exact' \} allows subscribe$/,
    explain: {
      question: { action: 'publish', uri: 'com.example.prices', as: 'guest' },
      says: /The rule \{ uri: 'com\.example\.', match: 'prefix' \} matches, too, but is less specific\./,
    },
  },
  {
    name: 'the procedure has another name since the last release',
    happens: async ({ joe, jane }) => {
      await jane.register('com.example.v2.add', () => 1).ready;
      await joe.call('com.example.v1.add').catch(() => {});
    },
    tail: /^wamp\.error\.no_such_procedure: nobody has registered com\.example\.v1\.add; com\.example\.v2\.add has 1 callee: it is spelt nearly the same$/,
  },
  {
    name: 'a call hangs because its callee never answers',
    happens: async ({ joe, jane }) => {
      await jane.register('com.example.slow', () => new Promise(() => {})).ready;
      joe.call('com.example.slow').catch(() => {});
    },
    tail: /^waits for jane \(\d+\)$/,
  },
  {
    name: 'a rule for everything does not allow the procedures of the router',
    happens: async ({ joe }) => {
      await joe.call('wamp.session.list').catch(() => {});
    },
    tail: /^wamp\.error\.not_authorized: user may not call wamp\.session\.list; no rule of user matches it/,
    explain: {
      question: { action: 'call', uri: 'wamp.session.list', as: 'joe' },
      says: /only a rule that names it counts, such as \{ uri: 'wamp\.', match: 'prefix' \}/,
    },
  },
  {
    name: 'a second instance cannot register, because the first one is still there',
    happens: async ({ joe, jane }) => {
      await jane.register('com.example.add', () => 1).ready;
      await joe
        .register('com.example.add', () => 1)
        .ready.catch((error: unknown) => expect(error).toBeInstanceOf(ApplicationError));
    },
    tail: /^wamp\.error\.procedure_already_exists: com\.example\.add is registered already; by jane \(\d+\)$/,
    explain: {
      question: { action: 'register', uri: 'com.example.add', as: 'joe' },
      says: /It is registered already, by 1 callee: another one needs the same option invoke, and not 'single'\./,
    },
  },
];

test.each(faults.map((fault) => [fault.name, fault] as const))('[M6] %s', async (_, { happens, tail, explain }) => {
  const router = new Router(config, { log: () => {} });
  onTestFinished(() => router.close());
  const connect = async (authid: string, authrole = 'user'): Promise<Connection> => {
    const connection = new Connection({ url: router.as({ authid, authrole }), realm: 'shop' });
    connection.on('error', () => {});
    onTestFinished(() => connection.close());
    await connection.open();
    return connection;
  };
  const stage = { joe: await connect('joe'), jane: await connect('jane'), guest: await connect('guest', 'guest') };
  const lines: string[] = [];
  onTestFinished(router.inspect({}, ({ conversations }) => void lines.push(...conversations.map(({ says }) => says))));
  await happens(stage);
  await expect.poll(() => lines.at(-1)).toMatch(tail);
  if (explain) expect((await router.explain(explain.question)).says.join('\n')).toMatch(explain.says);
});

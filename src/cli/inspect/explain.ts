/* `autostrada explain` */
import { ApplicationError } from '../../index.ts';
import type { Explanation } from '../../router/index.ts';
import { EXPLAIN } from '../inspector/inspecting.ts';
import { type Command, defineCommand } from '../running/command.ts';
import { oneOf } from '../text/options.ts';
import { defined } from '../text/payload.ts';
import { UsageError } from '../text/usage.ts';
import { visible } from '../text/visible.ts';
import { reachOne, reachOptions } from '../up/reach.ts';

const ACTIONS = ['call', 'register', 'publish', 'subscribe'] as const;

const NOT_HERE = 'this router does not explain: autostrada router --processes cannot, autostrada up --processes can';

export const explain: Command = defineCommand({
  name: 'explain',
  synopsis: 'call|register|publish|subscribe URI --as NAME [options]',
  about: [
    'Says why somebody may do something at the router or not: which rule decides, which others match, and who would get it; and if nobody would, what is nearly the same. Nothing is called or published, and nobody needs to be connected.',
    'Without --url, --realm and WAMP_URL it asks the autostrada up or autostrada router --config of this user on this machine, and no login is needed.',
  ],
  options: {
    as: { value: 'NAME', help: 'who: a user, the authid of a session, or an authrole' },
    in: { value: 'REALM', help: 'the realm that is asked about (default: the only one of the router)' },
    match: { short: 'm', value: 'HOW', help: 'of subscribe and register: exact (default), prefix, or wildcard' },
    ask: { help: 'asks the authorizer, too, if NAME has a session; without it the authorizer is only named' },
    ...reachOptions,
  },
  examples: [
    'autostrada explain publish com.example.news --as guest',
    'autostrada explain subscribe com.example. --match prefix --as joe --in shop',
    'autostrada explain call com.example.add --as joe --output ndjson | jq .rules',
  ],
  async run(run) {
    const { values, positionals } = run;
    const [first, uri, ...more] = positionals;
    const action = ACTIONS.find((each) => each === first);
    if (!action || uri === undefined || more.length > 0)
      throw new UsageError(`expected ${ACTIONS.join(', ')} and a URI, got '${positionals.join(' ')}'`);
    if (values.as === undefined) throw new UsageError('expected --as NAME: a user, the authid of a session, or an authrole');
    const match = oneOf('match', values.match, ['exact', 'prefix', 'wildcard']);
    const question = { action, uri, as: values.as, ...defined({ realm: values.in, match, ask: values.ask }) };
    await reachOne(run, async (session) => {
      const answer = await session
        .call<Explanation>(EXPLAIN, [question], null, { signal: run.signal })
        .catch((error: unknown) => Promise.reject(isMissing(error) ? new UsageError(NOT_HERE) : error));
      if (run.format === 'pretty') run.write(answer.says.map((sentence) => `${visible(sentence)}\n`).join(''));
      else run.print(answer);
    });
  },
});

function isMissing(error: unknown): boolean {
  return error instanceof ApplicationError && error.uri === 'wamp.error.no_such_procedure';
}

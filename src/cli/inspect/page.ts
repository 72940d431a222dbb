/* `autostrada inspect` */

import { OPEN } from '../inspector/inspector.ts';
import { type Command, defineCommand } from '../running/command.ts';
import { wholeNumber } from '../text/options.ts';
import { UsageError } from '../text/usage.ts';
import { reachOne, reachOptions } from '../up/reach.ts';

export const inspect: Command = defineCommand({
  name: 'inspect',
  synopsis: '[options]',
  about: [
    'Prints an address of the inspector, a page about a router: its sessions, URIs, calls and rules, what happens there now, and forms to try something. It is of the autostrada up or autostrada router --config that this user runs on this machine.',
    'The address lets one browser in, for 12 hours, and is void after an hour. The page may do everything in all realms; each action is in the log of the router. It is served on 127.0.0.1 only.',
  ],
  options: {
    port: { short: 'p', value: 'PORT', help: 'where the page is served, if it is not yet (default: a free port)' },
    ...reachOptions,
  },
  examples: [
    'autostrada inspect',
    'autostrada inspect --port 8090',
    'ssh -L 8090:127.0.0.1:8090 example.com autostrada inspect --port 8090',
  ],
  async run(run) {
    const { values, positionals, env } = run;
    if (positionals.length > 0) throw new UsageError(`expected options only, got '${positionals[0]}'`);
    if (values.url !== undefined || values.realm !== undefined || env.WAMP_URL)
      throw new UsageError('expected a router of this machine: without --url, --realm and WAMP_URL');
    const port = wholeNumber('port', values.port, 0);
    run.write(`${await reachOne(run, (session) => session.call<string>(OPEN, port === undefined ? [] : [port]))}\n`);
  },
});

/* `autostrada restart`, `start` and `stop`: of components. */
import type { ComponentInfo } from '../../node/components/component.ts';
import { type Command, defineCommand } from '../running/command.ts';
import { UsageError } from '../text/usage.ts';
import { uris } from '../up/control.ts';
import { reach, reachOptions, withComponent } from '../up/reach.ts';

export const restart: Command = define(
  'restart',
  'Ends a component of autostrada up and starts it again, also one that has failed.',
);
export const start: Command = define('start', 'Starts a component of autostrada up that was stopped, has ended or has failed.');
export const stop: Command = define(
  'stop',
  'Stops a component of autostrada up: SIGTERM, and SIGKILL after its stopTimeoutMs. It stays stopped until it is started.',
);

function define(name: 'restart' | 'start' | 'stop', about: string): Command {
  return defineCommand({
    name,
    synopsis: 'NAME… [options]',
    about: [
      about,
      'Without --url, --realm and WAMP_URL it is one of this user on this machine, and no login is needed. Prints what autostrada ps says of it then.',
    ],
    options: reachOptions,
    examples: [`autostrada ${name} shop`],
    async run(run) {
      if (run.positionals.length === 0) throw new UsageError('expected the name of a component');
      await reach(run, async (reached) => {
        const chosen = run.positionals.map((each) => ({ each, session: withComponent(reached, each).session }));
        for (const { each, session } of chosen)
          run.print(await session.call<ComponentInfo>(uris[name], [each], null, { signal: run.signal }));
      });
    },
  });
}

/* `autostrada reload` */
import { type Command, defineCommand } from '../running/command.ts';
import { UsageError } from '../text/usage.ts';
import { reachOne, reachOptions } from '../up/reach.ts';
import { RELOAD } from '../up/reloading.ts';

export const reload: Command = defineCommand({
  name: 'reload',
  synopsis: '[options]',
  about: [
    'Lets autostrada up or autostrada router --config read its configuration file again. Users, authroles, permissions, realms, certificates, origins, hosts, pages, ops and the log are taken over; sessions that are still allowed stay. autostrada up starts, restarts and stops the components that differ. If anything in the file is wrong, nothing changes. Prints how many sessions were ended, and what counts only after a restart.',
    'Without --url, --realm and WAMP_URL it is the one of this user on this machine, and no login is needed.',
  ],
  options: reachOptions,
  examples: ['autostrada reload', 'autostrada reload --url wss://example.com/ws --realm ops --authid joe'],
  async run(run) {
    if (run.positionals.length > 0) throw new UsageError(`expected options only, got '${run.positionals[0]}'`);
    await reachOne(run, async (session) => run.print(await session.call(RELOAD, [], null, { signal: run.signal })));
  },
});

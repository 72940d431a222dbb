/* `autostrada reload` */
import type { Session } from '../../index.ts';
import { type Command, defineCommand, type Run } from '../running/command.ts';
import { UsageError } from '../text/usage.ts';
import { findLocalUps } from '../up/local-control.ts';
import { reachOptions } from '../up/reach.ts';
import { RELOAD } from '../up/reloading.ts';

export const reload: Command = defineCommand({
  name: 'reload',
  synopsis: '[options]',
  about: [
    'Lets autostrada up or autostrada router --config read its configuration file again. Users, authroles, permissions, realms and certificates are taken over; sessions that are still allowed stay. If anything in the file is wrong, nothing changes. Prints how many sessions were ended, and what counts only after a restart.',
    'Without --url, --realm and WAMP_URL it is the one of this user on this machine, and no login is needed.',
  ],
  options: reachOptions,
  examples: ['autostrada reload', 'autostrada reload --url wss://example.com/ws --realm ops --authid joe'],
  async run(run) {
    if (run.positionals.length > 0) throw new UsageError(`expected options only, got '${run.positionals[0]}'`);
    const ask = async (session: Session): Promise<void> => run.print(await session.call(RELOAD, [], null, { signal: run.signal }));
    if (run.values.url === undefined && run.values.realm === undefined && !run.env.WAMP_URL) return atLocal(run, ask);
    const { connection, session } = await run.connect();
    try {
      await ask(session);
    } finally {
      await connection.close();
    }
  },
});

async function atLocal({ values, env }: Run<typeof reachOptions>, ask: (session: Session) => Promise<void>): Promise<void> {
  const all = await findLocalUps(env);
  try {
    const [only, ...others] = values.pid === undefined ? all : all.filter(({ pid }) => String(pid) === values.pid);
    if (!only) throw new UsageError('no autostrada up and no autostrada router --config of this user runs here');
    if (others.length > 0)
      throw new UsageError(
        `${all.length} routers of this user run here: choose one by --pid ${all.map(({ pid }) => pid).join(', --pid ')}`,
      );
    await ask(await only.connection.open());
  } finally {
    await Promise.all(all.map(({ connection }) => connection.close()));
  }
}

/* `autostrada ps` */
import type { ComponentInfo } from '../../node/components/component.ts';
import { type Command, defineCommand } from '../running/command.ts';
import { tableOf } from '../text/table.ts';
import { UsageError } from '../text/usage.ts';
import { type Reached, reach, reachOptions } from '../up/reach.ts';

export const ps: Command = defineCommand({
  name: 'ps',
  synopsis: '[options]',
  about: [
    'Lists the components of autostrada up, with their states. Without --url, --realm and WAMP_URL: of every autostrada up that this user runs on this machine, and no login is needed.',
    'On a terminal it is a table; elsewhere one document per line.',
  ],
  options: reachOptions,
  examples: ['autostrada ps', 'autostrada ps --url wss://example.com/ws --realm ops --authid joe'],
  async run(run) {
    if (run.positionals.length > 0) throw new UsageError(`expected options only, got '${run.positionals[0]}'`);
    await reach(run, async (reached) => {
      if (run.format === 'pretty') return run.write(table(reached));
      for (const { pid, components } of reached)
        for (const each of components) run.print(pid === undefined ? each : { ...each, up: pid });
    });
  },
});

function table(reached: readonly Reached[]): string {
  const isOne = reached.length === 1;
  const rows = reached.flatMap(({ pid, components }) =>
    components.map((each) => [...(isOne ? [] : [String(pid)]), ...cellsOf(each)]),
  );
  return tableOf([[...(isOne ? [] : ['UP']), 'NAME', 'STATE', 'PID', 'RESTARTS', 'SINCE', 'WHY'], ...rows]);
}

function cellsOf({ name, state, pid, restarts, since, reason }: ComponentInfo): readonly string[] {
  return [name, state, pid === null ? '-' : String(pid), String(restarts), since.replace(/\.\d+Z$/, 'Z'), reason ?? ''];
}

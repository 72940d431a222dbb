/* `autostrada logs` */
import type { Line } from '../../node/components/output-lines.ts';
import { type Command, defineCommand } from '../running/command.ts';
import { wholeNumber } from '../text/options.ts';
import { UsageError } from '../text/usage.ts';
import { visible } from '../text/visible.ts';
import { uris } from '../up/control.ts';
import { reach, reachOptions, withComponent } from '../up/reach.ts';

export const logs: Command = defineCommand({
  name: 'logs',
  synopsis: 'NAME [options]',
  about: [
    'Prints the last lines of a component of autostrada up, and with --follow those that come. autostrada up keeps the last 1,000 lines of each, also of its former processes.',
    'Control characters are shown as \\x1b; with --output raw, lines are printed as they came; with --output ndjson as one document per line: {"number", "time", "stream", "text"}.',
  ],
  options: {
    follow: { short: 'f', help: 'goes on with the lines that come, until Ctrl-C' },
    lines: { short: 'n', value: 'N', help: 'how many of the last lines (default 100)' },
    ...reachOptions,
  },
  examples: ['autostrada logs shop -f', 'autostrada logs shop -n 1000 | grep ERROR'],
  async run(run) {
    const { values, positionals } = run;
    const [name, ...more] = positionals;
    if (name === undefined || more.length > 0)
      throw new UsageError(`expected the name of one component, got ${positionals.length}`);
    const limit = wholeNumber('lines', values.lines) ?? 100;
    const print = ({ number, time, stream, text }: Line): void => {
      if (values.output === undefined) run.write(`${visible(text)}\n`);
      else if (values.output === 'raw') run.write(`${text}\n`);
      else run.print({ number, time: new Date(time).toISOString(), stream, text });
    };
    await reach(run, async (reached) => {
      const { session } = withComponent(reached, name);
      let last = -1;
      // What comes before the first lines are there waits for them.
      let early: Line[] | undefined = [];
      const take = (line: Line): void => {
        if (line.number <= last) return;
        last = line.number;
        print(line);
      };
      if (values.follow) {
        await session.subscribe(uris.onLog, ([about, lines]) => {
          if (about !== name || !Array.isArray(lines)) return;
          if (early) early.push(...lines);
          else lines.forEach(take);
        });
      }
      const kept = await session.call<readonly Line[]>(uris.log, [name, limit]);
      kept.forEach(take);
      early.forEach(take);
      early = undefined;
      if (!values.follow) return;
      const lost = session.ended.then((error): never => {
        throw error;
      });
      await Promise.race([run.stopped, lost]);
    });
  },
});

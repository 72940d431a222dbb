/* The common part of the commands that use no router: options, help, and how they end. */

import { type Described, helpOf } from '../text/help.ts';
import { type Options, parseOptions, type Values, wantsHelp } from '../text/options.ts';
import { messageOf, UsageError } from '../text/usage.ts';
import type { Command } from './command.ts';

export interface LocalDefinition<O extends Options> extends Described<O> {
  /** Its result goes to stdout, as JSON. */
  run(values: Values<O>, positionals: readonly string[], host: NodeJS.Process): Promise<object> | object;
}

export function defineLocal<const O extends Options>(definition: LocalDefinition<O>): Command {
  const { name, options, run } = definition;
  const help = helpOf(definition, { Options: { ...options, help: { short: 'h', help: 'this text' } } });
  return {
    help,
    async start(args, host) {
      if (wantsHelp(args)) {
        host.stdout.write(help);
        return;
      }
      try {
        const { values, positionals } = parseOptions(args, options);
        host.stdout.write(`${JSON.stringify(await run(values, positionals, host), null, 2)}\n`);
      } catch (error) {
        host.stderr.write(`autostrada: ${messageOf(error)}\n`);
        if (error instanceof UsageError) host.stderr.write(`Try: autostrada ${name} --help\n`);
        host.exitCode = 1;
      }
    },
  };
}

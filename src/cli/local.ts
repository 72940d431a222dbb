/*
 * What is common to the commands that speak to nobody: options, help, the way out.
 */

import type { Command } from './command.ts';
import { fill, type Options, parseOptions, showOptions, type Values, wantsHelp } from './options.ts';
import { UsageError } from './usage.ts';

export interface LocalDefinition<O extends Options> {
  readonly name: string;
  readonly synopsis: string;
  /** Paragraphs. */
  readonly about: readonly string[];
  readonly options: O;
  readonly examples: readonly string[];
  run(values: Values<O>, positionals: readonly string[], host: NodeJS.Process): Promise<void>;
}

export function defineLocal<const O extends Options>(definition: LocalDefinition<O>): Command {
  const { name, synopsis, about, options, examples, run } = definition;
  const help = [
    `Usage: autostrada ${name} ${synopsis}`,
    ...about.map(fill),
    `Options:\n${showOptions(options)}`,
    `Examples:\n${examples.map((example) => `  ${example}`).join('\n')}`,
    'Exit codes: 0 ok, 1 it went wrong\n',
  ].join('\n\n');
  return {
    help,
    async start(args, host) {
      if (wantsHelp(args)) {
        host.stdout.write(help);
        return;
      }
      try {
        const { values, positionals } = parseOptions(args, options);
        await run(values, positionals, host);
      } catch (error) {
        host.stderr.write(`autostrada: ${error instanceof Error ? error.message : String(error)}\n`);
        if (error instanceof UsageError) host.stderr.write(`Try: autostrada ${name} --help\n`);
        host.exitCode = 1;
      }
    },
  };
}

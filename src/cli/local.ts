/* What is common to the commands that speak to no router: options, help, and how they end. */
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
  /** What it returns goes to stdout, as JSON. */
  run(values: Values<O>, positionals: readonly string[], host: NodeJS.Process): Promise<object> | object;
}

export function defineLocal<const O extends Options>({
  name,
  synopsis,
  about,
  options,
  examples,
  run,
}: LocalDefinition<O>): Command {
  const help = [
    `Usage: autostrada ${name} ${synopsis}`,
    ...about.map(fill),
    `Options:\n${showOptions({ ...options, help: { short: 'h', help: 'this text' } })}`,
    `Examples:\n${examples.map((example) => `  ${example}`).join('\n')}\n`,
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
        host.stdout.write(`${JSON.stringify(await run(values, positionals, host), null, 2)}\n`);
      } catch (error) {
        host.stderr.write(`autostrada: ${error instanceof Error ? error.message : String(error)}\n`);
        if (error instanceof UsageError) host.stderr.write(`Try: autostrada ${name} --help\n`);
        host.exitCode = 1;
      }
    },
  };
}

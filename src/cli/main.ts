#!/usr/bin/env node
/*
 * The command line: which command, and how it ends. One file per command beside this one.
 */
import { readFileSync } from 'node:fs';
import { routerHelp, runRouter } from './router.ts';
import { UsageError } from './usage.ts';

const help = `Usage: autostrada <command> [options]

Commands:
  router     a WAMP router, for development and tests

Options:
  --help     this text, or that of a command
  --version  the version
`;

async function main([command, ...args]: readonly string[]): Promise<void> {
  switch (command) {
    case 'router':
      if (args.includes('--help')) process.stdout.write(routerHelp);
      else await runRouter(args);
      return;
    case '--version':
      process.stdout.write(`${JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version}\n`);
      return;
    case '--help':
    case 'help':
      process.stdout.write(help);
      return;
    default:
      throw new UsageError(command === undefined ? 'expected a command' : `expected a command, got '${command}'`);
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`autostrada: ${error instanceof Error ? error.message : String(error)}\n`);
  if (error instanceof UsageError) process.stderr.write('Try: autostrada --help\n');
  process.exitCode = 1;
});

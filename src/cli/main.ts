#!/usr/bin/env node
/*
 * The command line: which command, and how it ends. One file per command beside this one.
 */
import { readFileSync } from 'node:fs';
import type { Command } from './running/command.ts';
import { UsageError } from './text/usage.ts';

const help = `Usage: autostrada <command> [options]

Commands:
  call       calls a procedure and prints its result
  publish    publishes an event, or one for each line of stdin
  subscribe  prints the events of a topic
  register   answers calls: with their arguments, a fixed value, or a command's output
  ping       measures how long the router takes to answer
  bench      measures how many calls or events it takes, and how long they need
  router     runs a WAMP router
  up         runs a router and the components beside it, from a configuration file
  ps         lists the components of autostrada up
  restart    ends a component and starts it again; start and stop do a half of it
  logs       prints what a component has printed
  run        runs a JavaScript module as a component
  reload     lets a router read its configuration file again
  explain    says why something is allowed or refused, and who would get it
  tail       shows calls, events and refusals as they happen, and why nobody got an event
  inspect    opens a page about a router: sessions, URIs, calls, rules, and what happens now
  top        shows which sessions send and receive most, and what waits
  check      finds the mistakes in a configuration file of the router
  keygen     makes a key pair for logins by cryptosign
  hash       makes the entry that a router keeps instead of a password

Options:
  --help     this text, or that of a command
  --version  the version

Environment: WAMP_URL, WAMP_REALM, WAMP_AUTHID, WAMP_TICKET, WAMP_SECRET, WAMP_PASSWORD, WAMP_PRIVATE_KEY, DEBUG=autostrada
`;

/** Loaded on demand: a call need not wait for the router's code. */
const commands: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ['call', async () => (await import('./commands/call.ts')).call],
  ['publish', async () => (await import('./commands/publish.ts')).publish],
  ['subscribe', async () => (await import('./commands/subscribe.ts')).subscribe],
  ['register', async () => (await import('./commands/register.ts')).register],
  ['ping', async () => (await import('./commands/ping.ts')).ping],
  ['bench', async () => (await import('./bench/bench.ts')).bench],
  ['keygen', async () => (await import('./commands/keygen.ts')).keygen],
  ['up', async () => (await import('./commands/up.ts')).up],
  ['run', async () => (await import('./commands/run.ts')).run],
  ['ps', async () => (await import('./commands/ps.ts')).ps],
  ['reload', async () => (await import('./commands/reload.ts')).reload],
  ['restart', async () => (await import('./commands/restart.ts')).restart],
  ['start', async () => (await import('./commands/restart.ts')).start],
  ['stop', async () => (await import('./commands/restart.ts')).stop],
  ['logs', async () => (await import('./commands/logs.ts')).logs],
  ['explain', async () => (await import('./inspect/explain.ts')).explain],
  ['tail', async () => (await import('./inspect/tail.ts')).tail],
  ['top', async () => (await import('./inspect/top.ts')).top],
  ['inspect', async () => (await import('./inspect/page.ts')).inspect],
  ['check', async () => (await import('./commands/check.ts')).check],
  ['hash', async () => (await import('./commands/hash.ts')).hash],
]);

async function main([command, ...args]: readonly string[]): Promise<void> {
  const load = commands.get(command ?? '');
  if (load) return (await load()).start(args, process);
  switch (command) {
    case 'router': {
      const { routerHelp, runRouter } = await import('./commands/router.ts');
      if (args.includes('--help')) process.stdout.write(routerHelp);
      else await runRouter(args);
      return;
    }
    case '--version':
    case '-v':
      process.stdout.write(`${JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version}\n`);
      return;
    case '--help':
    case '-h':
    case 'help': {
      const about = commands.get(args[0] ?? '');
      process.stdout.write(about ? (await about()).help : help);
      return;
    }
    default:
      throw new UsageError(command === undefined ? 'expected a command' : `expected a command, got '${command}'`);
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const advice = error instanceof UsageError ? 'Try: autostrada --help\n' : '';
  process.exitCode = 1;
  // The NATS client leaves the socket of a server that never answered open.
  process.stderr.write(`autostrada: ${error instanceof Error ? error.message : String(error)}\n${advice}`, () => process.exit());
});

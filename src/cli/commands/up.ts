/* `autostrada up` */
import type { Component } from '../../node/components/component.ts';
import { chosen, isChosen } from '../../node/components/settle-components.ts';
import { type ListenConfig, loadFile } from '../../node/index.ts';
import { serveAsOne } from '../processes/own-process.ts';
import { starterOf } from '../processes/starter.ts';
import type { Command } from '../running/command.ts';
import { greetingOf } from '../running/greeting.ts';
import { LiveSettings } from '../running/live-settings.ts';
import { inspectPortOf, portOf, processesOf, storeIn, withAdvice } from '../running/place.ts';
import { helpOf } from '../text/help.ts';
import { oneOf, parseOptions, type Values, wantsHelp } from '../text/options.ts';
import { UsageError } from '../text/usage.ts';
import { type ComponentUser, withComponents } from '../up/own-access.ts';
import { Printer } from '../up/printer.ts';
import { COMPONENTS } from '../up/running-router.ts';
import { componentsOf, type RunningUp, startUp } from '../up/running-up.ts';

const options = {
  port: { short: 'p', value: 'PORT', help: 'another port than that of the file, for its first port; 0 takes a free one' },
  store: { value: 'DIR', help: 'another folder than that of the file for the store: retained events and histories' },
  processes: {
    value: 'N',
    help: 'so many processes serve the ports together, instead of the number in the file; each component is started once',
  },
  only: {
    value: 'NAMES',
    help: 'only these components: names, or the beginning of names up to a slash, with commas; none: none of them',
  },
  inspect: { help: 'opens the inspector, a page about the router, and prints its address (see autostrada inspect --help)' },
  'inspect-port': { value: 'PORT', help: 'its port (default: a free one)' },
  output: {
    value: 'FORMAT',
    help: 'text (default): lines of components with their names in front. json: everything as one document per line',
  },
  'log-format': { value: 'FORMAT', help: 'text, or json: the same as --output json' },
  'log-level': {
    value: 'LEVEL',
    help: 'of the router: debug, info, warn (default) or error; info also logs sessions that join and leave',
  },
  help: { short: 'h', help: 'this text' },
} as const;

const help = helpOf(
  {
    name: 'up',
    synopsis: '[FILE] [options]',
    about: [
      'Runs all that a configuration file describes (default: router.json): a router, its ports, its pages, and the components beside it. Components that end are started again. All of them end with this process, even if it is killed.',
      'Ctrl-C (SIGINT) and SIGTERM stop the components, each after those that wait for it, and then the router. SIGTERM waits first for calls that are running (drainMs in the file, 5 s). A second signal ends everything at once.',
      'autostrada ps, restart and logs show and control the components from another terminal.',
    ],
    options,
    examples: ['autostrada up', 'autostrada up examples/router.json --only chess --port 8081'],
  },
  { Options: options },
  'Environment: PORT (for a port without a number in the file), NO_COLOR, DEBUG=autostrada (the same as --log-level debug), AUTOSTRADA_RUNTIME_DIR',
);

export const up: Command = {
  help,
  async start(args, host) {
    if (wantsHelp(args)) {
      host.stdout.write(help);
      return;
    }
    const { values, positionals } = parseOptions(args, options);
    if (positionals.length > 1) throw new UsageError(`expected one file, got ${positionals.length}: ${positionals.join(' ')}`);
    const ports = portsOf(values, host.env);
    const output = oneOf('output', values.output, ['text', 'json']);
    const starter = await starterOf(host);
    const loaded = await loadFile(positionals[0] ?? 'router.json', starter?.text);
    const given = { format: values['log-format'] ?? output, level: values['log-level'] };
    const live = new LiveSettings(given, host.env, (line) => printer.line(line));
    if (output !== undefined && output !== live.format)
      throw new UsageError(`expected --output and --log-format to be the same, got ${output} and ${live.format}`);
    live.take(loaded);
    const width = (components: readonly Component[]): number => Math.max(0, ...components.map(({ name }) => name.length));
    const printer = new Printer(host, {
      isJson: live.format === 'json',
      hasColour: host.stdout.isTTY === true && !host.env.NO_COLOR,
      width: width(chosen(componentsOf(loaded), values.only)),
    });
    if (starter) {
      const users = (): readonly ComponentUser[] => JSON.parse(host.env[COMPONENTS] ?? '[]');
      return serveAsOne(host, { loaded, live, ports, starter, router: (config) => withComponents(config, users()) });
    }
    const count = processesOf(values.processes) ?? loaded.processes ?? 1;
    if (host.pid === 1)
      printer.note(
        'warn',
        'this is process 1, and Node.js does not reap orphans: start the container with an init, such as docker run --init',
      );
    const running = await startUp({
      loaded,
      chosenOf: (components) => components.filter(({ name }) => isChosen(name, values.only)),
      printer,
      env: host.env,
      ports,
      store: storeIn(values.store),
      live,
      count,
      inspectPort: inspectPortOf(values.inspect, values['inspect-port']),
      reloaded: (next, components) => {
        live.take(next);
        printer.change({ isJson: live.format === 'json', width: width(components) });
      },
    }).catch((error: unknown) => {
      throw withAdvice(error);
    });
    const { text, warning } = greetingOf(loaded.router.realms, ports(loaded.listen), running.listeners, count);
    printer.announce(text);
    if (warning !== undefined) printer.note('warn', warning);
    for (const url of running.inspectors) printer.announce(`inspector at ${url}`);
    await stopped(host, running.close, live);
  },
};

/** Resolves once everything has stopped. A second signal ends this process at once; the watcher ends the components. */
function stopped(host: NodeJS.Process, close: RunningUp['close'], live: LiveSettings): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (signal: NodeJS.Signals): void => {
      host.off('SIGINT', stop);
      host.off('SIGTERM', stop);
      // A restart begins with SIGTERM: without GOODBYE all clients come back.
      close(signal === 'SIGTERM' ? { goodbye: false, drainMs: live.drainMs } : {}).then(resolve, reject);
    };
    host.on('SIGINT', stop);
    host.on('SIGTERM', stop);
  });
}

function portsOf(
  values: Values<typeof options>,
  env: NodeJS.ProcessEnv,
): (ports: readonly ListenConfig[]) => readonly ListenConfig[] {
  const asked = portOf(values.port);
  const usual = portOf(env.PORT || undefined);
  return (given) => {
    const ports = given.length > 0 ? given : [{}];
    const first = ports.findIndex(({ socketPath }) => socketPath === undefined);
    return ports.map((each, i) => {
      const port = i === first ? (asked ?? each.port ?? usual) : each.port;
      return port === undefined ? each : { ...each, port };
    });
  };
}

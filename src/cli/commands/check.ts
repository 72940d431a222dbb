/* `autostrada check` */
import { checkFile, faultLine, type LoadedFile } from '../../node/index.ts';
import type { Command } from '../running/command.ts';
import { helpOf } from '../text/help.ts';
import { parseOptions, wantsHelp } from '../text/options.ts';
import { UsageError } from '../text/usage.ts';

const help = helpOf(
  {
    name: 'check',
    synopsis: 'FILE',
    about: [
      'Checks a configuration file of the router, and opens nothing. Every fault is a line on stdout with file, line and column, what was expected and what came; so is what is legal but probably a mistake. Secrets are not shown.',
    ],
    options: {},
    examples: ['autostrada check router.json'],
  },
  {},
  'Exit codes: 0 no faults, 1 faults, or a file that cannot be read',
);

export const check: Command = {
  help,
  async start(args, host) {
    if (wantsHelp(args)) return void host.stdout.write(help);
    const [file, ...more] = parseOptions(args, {}).positionals;
    if (file === undefined || more.length > 0) throw new UsageError(`expected one file, got ${more.length + (file ? 1 : 0)}`);
    const { faults, warnings, loaded } = await checkFile(file);
    const lines = [
      ...faults.map(faultLine),
      ...warnings.map(({ text, ...fault }) => faultLine({ ...fault, text: `warning: ${text}` })),
      `${file}: ${[...(loaded ? contents(loaded) : []), counted(faults.length, 'fault')].join('; ')}`,
    ];
    host.stdout.write(`${lines.join('\n')}\n`);
    if (!loaded) host.exitCode = 1;
  },
};

function contents({ router, listen, components }: LoadedFile): readonly string[] {
  const realms = Object.values(router.realms);
  const users = realms.flatMap((realm) => (realm === 'open' ? [] : Object.keys(realm.users ?? {})));
  const named = Object.keys(components).length;
  const parts = [
    counted(realms.length, 'realm'),
    counted(users.length, 'user'),
    counted(Math.max(listen.length, 1), 'port'),
    ...(named === 0 ? [] : [counted(named, 'component')]),
  ];
  return [parts.join(', ')];
}

function counted(count: number, what: string): string {
  return `${count === 0 ? 'no' : count} ${what}${count === 1 ? '' : 's'}`;
}

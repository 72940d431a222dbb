/* `autostrada run` */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Connection } from '../../index.ts';
import { type Command, defineCommand } from '../running/command.ts';
import { connectionDefaults } from '../running/connect.ts';
import { Interrupted } from '../running/exit.ts';
import { credentialsFrom } from '../running/login.ts';
import { targetOf } from '../running/url.ts';
import { UsageError } from '../text/usage.ts';

type Component = (connection: Connection) => unknown;

export const run: Command = defineCommand({
  name: 'run',
  synopsis: 'MODULE [options]',
  about: [
    'Runs a component: a JavaScript module whose default export is a function. It gets a Connection that is logged in, and that comes back after every loss. The module runs until it is stopped; then its connection is closed.',
    'autostrada up runs the modules of its configuration file in this way.',
  ],
  options: {},
  examples: ['autostrada run ./greeter.js --realm realm1'],
  async run({ values, positionals, env, stopped, signal, note }) {
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) throw new UsageError(`expected one module, got ${positionals.length}`);
    const url = values.url ?? (env.WAMP_URL || connectionDefaults.url);
    const realm = values.realm ?? (env.WAMP_REALM || connectionDefaults.realm);
    const connection = new Connection({ url: targetOf(url), realm, auth: credentialsFrom(values, env) });
    connection.on('error', (error, { where, uri }) => {
      process.stderr.write(`${where}${uri === undefined ? '' : ` ${uri}`}: ${textOf(error)}\n`);
    });
    const work = async (): Promise<void> => {
      const { default: component } = await import(pathToFileURL(path.resolve(file)).href);
      if (!isComponent(component))
        throw new TypeError(
          `expected the default export of ${file} to be a function, got ${component === undefined ? 'nothing' : typeof component}`,
        );
      await connection.open();
      await component(connection);
      await Promise.all(connection.handles.map((handle) => handle.ready));
      if (process.send) process.send('ready');
      else note(`${file} is ready`);
      const error = await connection.closed;
      if (error) throw error;
    };
    let code = 0;
    try {
      await Promise.race([work(), stopped]);
    } catch (error) {
      if (error instanceof Interrupted) code = error.code === 143 ? 0 : error.code;
      else if (!signal.aborted) {
        code = 1;
        process.stderr.write(`${textOf(error)}\n`);
      }
    }
    await connection.close();
    // What the module has left open does not keep it running.
    process.exit(code);
  },
});

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function isComponent(value: unknown): value is Component {
  return typeof value === 'function';
}

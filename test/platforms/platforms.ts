/*
 * The table of `npm run test:platforms`. A new platform is a row here and, unless it runs a program as Node.js does, a host in hosts/.
 */
import { builtinModules } from 'node:module';
import path from 'node:path';
import { findChromium, noBrowser } from '../browser/find-browser.ts';
import { missing } from '../interop/install.ts';
import { step } from './install.ts';
import { type Limit, type Place, type Platform, Unfit } from './platform.ts';

/** What bundlers of the platforms below are made of. */
const ESBUILD = 'esbuild@0.28.2';

const noSockets = (what: string): Limit => ({ checks: ['rawsocket', 'listen'], reason: `${what} has no sockets` });

const node = (version: string, required: boolean): Platform => ({
  name: 'Node.js',
  version,
  packages: [`node@${version}`],
  required,
  also: [],
  cannot: [],
  prepare: ({ tools }) => ({ program: path.join(tools, 'node_modules/node/bin/node'), args: ['program.mjs'] }),
});

/** @throws Unfit: a bundler that was installed cannot bundle the package. */
const bundle = async ({ tools, project }: Place, input: string, output: string, options: readonly string[]): Promise<void> => {
  const program = path.join(tools, 'node_modules/.bin/esbuild');
  try {
    await step(program, [input, `--outfile=${output}`, '--bundle', '--log-level=error', ...options], project);
  } catch (error) {
    throw new Unfit(missing(error).whyNot);
  }
};

/** With its fake timers. */
const jest = (name: string, environment: string, cannot: readonly Limit[]): Platform => ({
  name,
  version: '30.5.2',
  packages: ['jest@30.5.2', 'jest-environment-jsdom@30.5.2', ESBUILD],
  required: false,
  also: ['fake timers'],
  cannot,
  prepare: async (place) => {
    const external = ['--external:autostrada', '--external:autostrada/*', '--supported:dynamic-import=false'];
    await bundle(place, 'checks.mjs', 'checks.cjs', ['--format=cjs', '--platform=node', ...external]);
    return {
      program: process.execPath,
      args: ['node_modules/jest/bin/jest.js', '--ci', '--watchman=false', '--config', 'jest.config.json', '--env', environment],
    };
  },
  says: /^(?!.*(did not exit|open handle|[Ww]arn|[Dd]eprecat))/,
});

const runner = (name: string, version: string, packages: readonly string[], environment: string): Platform => ({
  name,
  version,
  packages: [`vitest@${version}`, ...packages],
  required: false,
  also: ['fake timers'],
  cannot: [],
  prepare: ({ project }) => ({
    program: process.execPath,
    args: [
      path.join(project, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--environment',
      environment,
      '--config',
      'vitest.config.mjs',
    ],
  }),
  says: /./,
});

export const platforms: readonly Platform[] = [
  node('20.20.2', true),
  node('22.23.3', true),
  node('24.21.0', true),
  node('26.10.0', false),
  {
    name: 'Bun',
    version: '1.4.5',
    packages: ['bun@1.4.5'],
    required: false,
    also: [],
    cannot: [{ checks: ['listen rawsocket'], reason: 'its HTTP server passes on only HTTP' }],
    prepare: ({ tools }) => ({ program: path.join(tools, 'node_modules/.bin/bun'), args: ['program.mjs'] }),
  },
  {
    name: 'Deno',
    version: '2.9.6',
    packages: ['deno@2.9.6'],
    required: false,
    also: [],
    cannot: [],
    prepare: ({ tools }) => ({
      program: path.join(tools, 'node_modules/.bin/deno'),
      args: ['run', '--allow-all', 'program.mjs'],
      env: { DENO_NO_UPDATE_CHECK: '1' },
    }),
  },
  {
    name: 'Cloudflare Workers (workerd, by miniflare)',
    version: '4.20260730.0',
    packages: ['miniflare@4.20260730.0', ESBUILD],
    required: false,
    also: [],
    cannot: [{ checks: ['listen'], reason: '`ws` gives its file for browsers, which has no server' }],
    prepare: async (place) => {
      // As wrangler bundles.
      const conditions = '--conditions=workerd,worker,browser';
      const aliases = builtinModules.filter((name) => !/[:_]/.test(name)).map((name) => `--alias:${name}=node:${name}`);
      const external = [...aliases, '--external:node:*', '--external:cloudflare:*'];
      const options = ['--format=esm', '--main-fields=browser,module,main', conditions, ...external];
      await bundle(place, 'worker.mjs', 'worker.bundle.mjs', options);
      return { program: process.execPath, args: ['workerd.mjs'] };
    },
  },
  {
    name: 'React Native (its globals, in Node.js)',
    version: '',
    packages: [ESBUILD],
    required: false,
    also: [],
    cannot: [
      noSockets('React Native'),
      {
        checks: ['login scram', 'a router in the program'],
        reason: 'there is no `crypto.getRandomValues`; the package react-native-get-random-values brings it',
      },
    ],
    prepare: async (place) => {
      // As Metro bundles.
      const options = [
        '--format=iife',
        '--global-name=checks',
        '--main-fields=react-native,browser,main',
        '--conditions=react-native',
      ];
      await bundle(place, 'checks.mjs', 'react-native.bundle.js', [...options, '--external:autostrada/node', '--target=es2020']);
      return { program: process.execPath, args: ['--experimental-websocket', 'react-native.mjs'] };
    },
  },
  jest('Jest, node', 'node', []),
  jest('Jest, jsdom', 'jsdom', [
    { checks: ['listen'], reason: '`ws` gives its file for browsers, which has no server' },
    {
      checks: ['websocket msgpackr'],
      reason: 'msgpackr gives its file for browsers, an ES module, which Jest does not load by itself',
    },
  ]),
  runner('Vitest, jsdom', '4.1.12', ['jsdom@26.1.0'], 'jsdom'),
  runner('Vitest, happy-dom', '4.1.12', ['happy-dom@20.14.6'], 'happy-dom'),
  {
    name: 'A page with a Content-Security-Policy (Chromium)',
    version: '',
    packages: [ESBUILD],
    required: false,
    also: ['a Content-Security-Policy that forbids the router'],
    cannot: [noSockets('a page')],
    prepare: async (place) => {
      const chromium = await findChromium();
      if (!chromium) throw new Error(noBrowser);
      await bundle(place, 'page.mjs', 'page.bundle.js', ['--format=iife', '--external:autostrada/node']);
      const program = path.join(import.meta.dirname, 'hosts/chromium.mjs');
      return { program: process.execPath, args: [program], env: { PLATFORM_CHROMIUM: chromium } };
    },
  },
];

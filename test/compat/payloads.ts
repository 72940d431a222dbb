// What arrives of the values that programs do send, by each serializer: through our router, as arguments, results, errors and events.
import { inspect } from 'node:util';
import { type Any, type Lab, script } from './lab.ts';
import { open, staged } from './stage.ts';

class Point {
  x = 1;
  y = 2;
  norm(): number {
    return 3;
  }
}

const values: { [name: string]: unknown } = {
  'plain values': { a: [1, -1, 1.5, 'ü', true, false, null, [], {}] },
  'an object with a method': { a: 1, f() {} },
  'functions in a list': { list: [1, () => {}, Symbol('s')] },
  'an instance of a class': new Point(),
  'what has toJSON': { toJSON: () => '5 EUR' },
  'an object without a prototype': Object.assign(Object.create(null), { a: 1 }),
  'a Set': new Set([1]),
  'a Map': new Map([[1, 2]]),
  'an Error': Object.assign(new Error('the message'), { code: 5 }),
  'a RegExp': /x/,
  'a promise': { p: Promise.resolve(1) },
  'a Number object': { n: Object(5), s: Object('text'), b: Object(false) },
  'a list with holes': [1, undefined, 3],
  'an undefined member': { a: undefined },
  'numbers that are not finite': [Number.NaN, Number.POSITIVE_INFINITY],
  'a Float32Array': Float32Array.of(1.5),
  'a Uint8Array': Uint8Array.of(1, 2),
  'a Buffer': Buffer.from([1, 2]),
  'an ArrayBuffer': new ArrayBuffer(2),
  'a Date': new Date(1_000_000_000_500),
  'a Date that is none': new Date(Number.NaN),
  'a URL': new URL('http://a/b'),
  'a getter': {
    get a() {
      return 7;
    },
  },
  'a member called __proto__': JSON.parse('{"__proto__":{"a":1},"b":2}'),
  'a symbol as a key': { [Symbol('s')]: 1, b: 2 },
  'minus zero': { n: -0 },
  'half a surrogate pair': '\ud800',
  'text that looks like bytes': ['\0AQID', '\0', '\0*'],
  'a BigInt': { id: 5n },
  'a BigInt of 64 bits': [2n ** 63n, 2n ** 64n - 1n, -(2n ** 63n)],
  'a BigInt beyond': [2n ** 64n, -(2n ** 64n) - 1n, 2n ** 127n],
  'integers beyond 2^53': [2 ** 53, 2 ** 60, -(2 ** 60)],
};

const show = (value: unknown): string => inspect(value, { depth: 10, breakLength: Number.POSITIVE_INFINITY });

/** As text; what is never answered is said to be so. */
const outcome = async (promise: Any): Promise<string> => {
  const told = promise.then(
    (value: unknown) => show(value),
    (error: Any) => `rejected: ${error.error}`,
  );
  return Promise.race([told, new Promise<string>((resolve) => setTimeout(resolve, 250, 'never answered'))]);
};

const through = async (
  lab: Lab,
  name: 'JSONSerializer' | 'MsgpackSerializer' | 'CBORSerializer',
  run: (session: Any) => Promise<void>,
) =>
  staged(lab, open, async (stage) => {
    const { session } = await stage.open({ serializers: [new lab.autobahn.serializer[name]()] });
    await run(session);
  });

for (const name of ['JSONSerializer', 'MsgpackSerializer', 'CBORSerializer'] as const) {
  script(`[H11] payloads: there and back, by ${name}`, async (lab) => {
    await through(lab, name, async (session) => {
      await session.register('com.example.echo', ([value]: Any[]) => value);
      for (const [what, value] of Object.entries(values)) {
        // There it ends the process.
        if (name === 'MsgpackSerializer' && what === 'a member called __proto__') continue;
        lab.see(what, await outcome(session.call('com.example.echo', [value])));
      }
    });
  });

  script(`[H11] payloads: as keywords, result, error and event, by ${name}`, async (lab) => {
    await through(lab, name, async (session) => {
      const value = { a: 1, f() {}, e: new Error('x'), s: new Set([1]) };
      const { autobahn } = lab;
      await session.register('com.example.keywords', (_args: Any, kwargs: Any) => kwargs.value);
      await session.register('com.example.result', () => value);
      await session.register('com.example.error', () => {
        throw new autobahn.Error('com.example.refused', [value], { value });
      });
      const strip = (given: Any): Any => ({ a: given.a, keys: Object.keys(given), e: Object.keys(given.e) });
      lab.see('keywords', strip(await session.call('com.example.keywords', [], { value })));
      lab.see('result', strip(await session.call('com.example.result')));
      lab.see('error', await session.call('com.example.error').then(null, (error: Any) => [error.error, strip(error.args[0])]));
      const heard = new Promise((resolve) => session.subscribe('com.example.t', resolve));
      await session.call('wamp.session.count');
      session.publish('com.example.t', [value], {}, { exclude_me: false });
      lab.see('event', strip(((await heard) as Any[])[0]));
    });
  });
}

script('[H11] payloads: an autobahn.Error with any URI', async (lab) => {
  await staged(lab, open, async (stage) => {
    const { autobahn } = lab;
    const told: unknown[] = [];
    const { session } = await stage.open({ on_user_error: (error: unknown) => told.push(error) });
    for (const uri of ['no uri', '', 'a..b', 'wamp.error.canceled', 'com.example.Error#1']) {
      const registration = await session.register('com.example.p', () => {
        throw new autobahn.Error(uri, [1], { k: 2 });
      });
      lab.see(
        JSON.stringify(uri),
        await session.call('com.example.p').then(null, (error: Any) => [error, error instanceof autobahn.Error]),
      );
      await registration.unregister();
    }
    lab.see('told', told);
    lab.see('console', lab.errors);
  });
});

script('[H11] payloads: the names of the classes', ({ autobahn, see }) => {
  const classes: Any = autobahn;
  for (const name of [
    'Error',
    'Result',
    'Event',
    'Invocation',
    'Publication',
    'Subscription',
    'Registration',
    'Session',
    'Connection',
  ])
    see(name, classes[name].name);
  see('printed', inspect([new classes.Error('com.example.error', [1]), new classes.Result([1]), new classes.Publication(5)]));
});

/*
 * How every script is tried in every engine: step by step, one after the other, so that the frames on the wire are the same everywhere.
 * ECMAScript 5. `playLadder` has each of `suites` (autostrada.js, autobahn.js) say its steps by `(options, tools)`, and calls `done` with a list of
 * `[name, undefined or what went wrong]`. Far end: test/engines/theatre.ts.
 */
(function (root) {
  'use strict';
  var hasRandom = !!(root.crypto || root.msCrypto || {}).getRandomValues;
  var everyByte = new Uint8Array(256);
  for (var i = 0; i < 256; i++) everyByte[i] = i;

  root.suites = [];
  root.playLadder = function (options, done) {
    var steps = [];
    var outcomes = [];

    function step(name, run) {
      steps.push([name, run]);
    }
    function next() {
      var current = steps.shift();
      if (!current) return done(outcomes);
      var isOver = false;
      function end(error) {
        if (isOver) return;
        isOver = true;
        clearTimeout(timer);
        outcomes.push([current[0], error === undefined ? undefined : String((error && (error.message || error.error)) || error)]);
        setTimeout(next, 0);
      }
      var timer = setTimeout(function () {
        // Those that follow would wait for the same in vain, and nobody would hear of it.
        steps = [];
        end(new Error('took too long'));
      }, 20000);
      try {
        current[1]().then(function () {
          end();
        }, end);
      } catch (error) {
        end(error);
      }
    }

    /** What every serializer has to carry. `open` promises `{ id, call(procedure, args) }` of the script's own session. */
    function carries(name, open, hasNoBytes) {
      var call;
      step(name + ': opens, and the id of the session is exact', function () {
        return open()
          .then(function (session) {
            call = session.call;
            return call('test.has_session', [String(session.id)]);
          })
          .then(function (has) {
            equal(has, true);
          });
      });

      step(name + ': integers up to 2^53 are exact both ways', function () {
        var numbers = [
          0, -1, 255, 65536, 2147483648, 4294967295, 4294967296, -2147483649, 9007199254740991, 9007199254740992, -9007199254740991,
        ];
        return call('test.digits', numbers)
          .then(function (digits) {
            equal(digits, numbers.map(String));
            return call('test.numbers', numbers.map(String));
          })
          .then(function (back) {
            equal(back, numbers);
            return call('test.echo', [0.1, -1e300, 5e-324]);
          })
          .then(function (back) {
            equal(back, [0.1, -1e300, 5e-324]);
          });
      });

      if (!hasNoBytes)
        step(name + ': binary arrives as it was', function () {
          return call('test.reverse', [everyByte])
            .then(function (back) {
              var reversed = [];
              for (var i = 255; i >= 0; i--) reversed.push(i);
              equal(back, new Uint8Array(reversed));
              return call('test.echo', [new Uint8Array(0), { deep: [everyByte] }, new Uint8Array(everyByte.buffer, 1, 3), 'after']);
            })
            .then(function (back) {
              equal(back, [new Uint8Array(0), { deep: [everyByte] }, new Uint8Array([1, 2, 3]), 'after']);
            });
        });

      step(name + ': text of every kind and length', function () {
        var texts = ['', '\u00e4\u20ac\ud83d\ude00', '"\\\u0000\u2028', '__proto__'];
        ['a', '\u00e4', '\u20ac'].forEach(function (character) {
          [15, 16, 23, 24, 31, 32, 33, 255, 256, 257].concat(options.isShort ? [] : [65535, 65536]).forEach(function (length) {
            texts.push(text(length, character));
          });
        });
        return call('test.echo', texts).then(function (back) {
          equal(back, texts);
        });
      });

      step(name + ': values of every kind', function () {
        var list = [];
        for (var i = 0; i < (options.isShort ? 700 : 70000); i++) list.push(i % 7);
        var dict = {};
        for (var k = 0; k < 300; k++) dict['key' + k] = k;
        var values = [null, true, false, [], {}, [[[1]]], { a: { b: [null] } }, list, dict];
        return call('test.echo', values).then(function (back) {
          equal(back, values);
        });
      });
    }

    try {
      root.suites.forEach(function (suite) {
        suite(options, {
          step: step,
          carries: carries,
          equal: equal,
          rejected: rejected,
          everyByte: everyByte,
          hasRandom: hasRandom,
        });
      });
      next();
    } catch (error) {
      done([['the suites start', String(error)]]);
    }
  };

  function equal(got, wanted) {
    if (show(got) !== show(wanted)) throw new Error('expected ' + show(wanted).slice(0, 200) + ', got ' + show(got).slice(0, 200));
  }
  function show(value) {
    if (value instanceof Uint8Array) return 'bytes ' + Array.prototype.join.call(value, ',');
    if (value && typeof value === 'object') {
      return JSON.stringify(
        Object.keys(value)
          .sort()
          .map(function (key) {
            return [key, show(value[key])];
          })
      );
    }
    return typeof value + ' ' + String(value);
  }
  function rejected(promise) {
    return promise.then(
      function () {
        throw new Error('expected a rejection');
      },
      function (error) {
        return error;
      }
    );
  }
  function text(length, character) {
    return new Array(length + 1).join(character);
  }
})(window);

/*
 * What every engine has to do with the script bundle: one file, ECMAScript 5, the same everywhere. `runSuite` does its steps one after
 * the other, so that the frames on the wire are the same in every engine, and calls `done` with a list of `[name, undefined or what went wrong]`.
 *
 * Far end: test/engines/theatre.ts.
 */
(function (root) {
  'use strict';
  var hasRandom = !!(root.crypto || root.msCrypto || {}).getRandomValues;

  root.runSuite = function (autostrada, options, done) {
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
        outcomes.push([current[0], error === undefined ? undefined : String((error && error.message) || error)]);
        setTimeout(next, 0);
      }
      var timer = setTimeout(function () {
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

    function equal(got, wanted) {
      if (show(got) !== show(wanted))
        throw new Error('expected ' + show(wanted).slice(0, 200) + ', got ' + show(got).slice(0, 200));
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
    function connect(realm, serializer, more) {
      var given = { url: options.url, realm: realm, serializers: [serializer], retry: { minMs: 1, maxMs: 1 } };
      for (var key in more) given[key] = more[key];
      return new autostrada.Connection(given);
    }

    var everyByte = new Uint8Array(256);
    for (var i = 0; i < 256; i++) everyByte[i] = i;
    function text(length, character) {
      return new Array(length + 1).join(character);
    }

    ['json', 'msgpack', 'cbor'].forEach(function (name) {
      var connection;
      step(name + ': joins, and the id of the session is exact', function () {
        connection = connect('open', autostrada[name]());
        return connection
          .open()
          .then(function (session) {
            return connection.call('test.has_session', [String(session.id)]);
          })
          .then(function (has) {
            equal(has, true);
          });
      });

      step(name + ': integers up to 2^53 are exact both ways', function () {
        var numbers = [
          0, -1, 255, 65536, 2147483648, 4294967295, 4294967296, -2147483649, 9007199254740991, 9007199254740992, -9007199254740991,
        ];
        return connection
          .call('test.digits', numbers)
          .then(function (digits) {
            equal(digits, numbers.map(String));
            return connection.call('test.numbers', numbers.map(String));
          })
          .then(function (back) {
            equal(back, numbers);
            return connection.call('test.echo', [0.1, -1e300, 5e-324]);
          })
          .then(function (back) {
            equal(back, [0.1, -1e300, 5e-324]);
          });
      });

      step(name + ': binary arrives as it was', function () {
        return connection
          .call('test.reverse', [everyByte])
          .then(function (back) {
            var reversed = [];
            for (var i = 255; i >= 0; i--) reversed.push(i);
            equal(back, new Uint8Array(reversed));
            return connection.call('test.echo', [
              new Uint8Array(0),
              { deep: [everyByte] },
              new Uint8Array(everyByte.buffer, 1, 3),
              'after',
            ]);
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
        return connection.call('test.echo', texts).then(function (back) {
          equal(back, texts);
        });
      });

      step(name + ': values of every kind', function () {
        var list = [];
        for (var i = 0; i < (options.isShort ? 700 : 70000); i++) list.push(i % 7);
        var dict = {};
        for (var k = 0; k < 300; k++) dict['key' + k] = k;
        var values = [null, true, false, [], {}, [[[1]]], { a: { b: [null] } }, list, dict];
        return connection.call('test.echo', values).then(function (back) {
          equal(back, values);
        });
      });

      step(name + ': an error is a real Error of its class, with its payload', function () {
        return rejected(connection.call('test.fail', [everyByte])).then(function (error) {
          equal(
            [error instanceof Error, error instanceof autostrada.WampError, error instanceof autostrada.ApplicationError],
            [true, true, true]
          );
          equal(error instanceof autostrada.JoinError, false);
          equal(
            [error.name, error.uri, error.args, error.kwargs],
            ['ApplicationError', 'com.example.failed', ['why', everyByte], { code: 7 }]
          );
          equal(String(error), 'ApplicationError: com.example.failed: why');
          equal(autostrada.defineError('com.example.failed').is(error), true);
        });
      });

      step(name + ': calls itself, with progress', function () {
        var steps = [];
        var registration = connection.register('com.example.own', function (args, kwargs, details) {
          for (var i = 1; i <= args[0]; i++) details.sendProgress(i);
          return kwargs.last;
        });
        return registration.ready
          .then(function () {
            return connection.call(
              'com.example.own',
              [3],
              { last: 'done' },
              {
                onProgress: function (value) {
                  steps.push(value);
                },
              }
            );
          })
          .then(function (result) {
            equal([steps, result], [[1, 2, 3], 'done']);
          });
      });

      step(name + ': a call is given up by an AbortController', function () {
        var controller = new AbortController();
        var call = rejected(connection.call('test.slow', [], {}, { signal: controller.signal }));
        setTimeout(function () {
          controller.abort(new Error('enough'));
        }, 1);
        return call.then(function (error) {
          equal(error.message, 'enough');
          return connection.call('test.echo', ['still there']);
        });
      });

      step(name + ': hears what it publishes, as a handler and as a stream', function () {
        var heard = [];
        var stream = autostrada.events(connection, 'com.example.news');
        return connection
          .subscribe('com.example.news', function (args) {
            heard.push(args[0]);
          })
          .ready.then(function () {
            return stream.ready;
          })
          .then(function () {
            return connection.publish('com.example.news', [everyByte], {}, { acknowledge: true, exclude_me: false });
          })
          .then(function (publication) {
            equal(publication.id >= 1 && Math.floor(publication.id) === publication.id, true);
            return stream.next();
          })
          .then(function (item) {
            equal([item.done, item.value.args[0], heard], [false, everyByte, [everyByte]]);
            return stream['return']();
          });
      });

      step(name + ': comes back when the line is cut, with what it had registered', function () {
        var first = connection.session.id;
        var again = new Promise(function (resolve) {
          var off = connection.on('open', function (session) {
            off();
            resolve(session);
          });
        });
        return connection
          .call('test.cut')
          .then(function () {
            return again;
          })
          .then(function (session) {
            equal(session.id === first, false);
            return connection.call('com.example.own', [0], { last: 'again' });
          })
          .then(function (result) {
            equal(result, 'again');
            return connection.close();
          });
      });
    });

    function login(name, credentials, wanted) {
      step('login: ' + name, function () {
        var connection = connect('login', autostrada.json(), { auth: credentials(), retry: false });
        return connection
          .open()
          .then(
            function (session) {
              return session.authid + ' by ' + session.authmethod;
            },
            function (error) {
              return /secure random source/.test(error.message) ? 'no secure random source' : error.uri;
            }
          )
          .then(function (outcome) {
            equal(outcome, wanted);
            return connection.close();
          });
      });
    }
    var denied = 'wamp.error.authentication_denied';
    var keys = options.keys;
    login(
      'ticket',
      function () {
        return autostrada.ticket({ authid: 'joe', ticket: 'secret' });
      },
      'joe by ticket'
    );
    login(
      'a wrong ticket',
      function () {
        return autostrada.ticket({ authid: 'joe', ticket: 'wrong' });
      },
      denied
    );
    login(
      'WAMP-CRA',
      function () {
        return autostrada.wampcra({ authid: 'peter', secret: 'secret' });
      },
      'peter by wampcra'
    );
    login(
      'WAMP-CRA, salted',
      function () {
        return autostrada.wampcra({ authid: 'petra', secret: 'p\u00e4ssword' });
      },
      'petra by wampcra'
    );
    login(
      'a wrong secret',
      function () {
        return autostrada.wampcra({ authid: 'petra', secret: 'wrong' });
      },
      denied
    );
    login(
      'cryptosign',
      function () {
        return autostrada.cryptosign({ privateKey: keys.privateKey });
      },
      'owner by cryptosign'
    );
    // What needs a secret of its own says so where there is no source for it.
    function secure(outcome) {
      return hasRandom ? outcome : 'no secure random source';
    }
    login(
      'cryptosign, the router proving itself',
      function () {
        return autostrada.cryptosign({ privateKey: keys.privateKey, routerKey: keys.routerKey });
      },
      secure('owner by cryptosign')
    );
    login(
      'SCRAM',
      function () {
        return autostrada.scram({ authid: 'carol', password: 'secret' });
      },
      secure('carol by wamp-scram')
    );
    login(
      'a wrong password',
      function () {
        return autostrada.scram({ authid: 'carol', password: 'wrong' });
      },
      secure(denied)
    );
    login(
      'SCRAM with Argon2',
      function () {
        return autostrada.scram({ authid: 'carla', password: 'secret', argon2id: autostrada.argon2id });
      },
      secure('carla by wamp-scram')
    );

    step('autobahn: calls and is called, by the drop-in for Autobahn|JS', function () {
      return new Promise(function (resolve, reject) {
        var connection = new root.autobahn.Connection({ url: options.url, realm: 'open', max_retries: 0 });
        connection.onopen = function (session) {
          session
            .register('com.example.dropin', function (args, kwargs) {
              return new root.autobahn.Result([args[0], 'two'], { three: kwargs.three });
            })
            .then(function () {
              return session.call('com.example.dropin', [9007199254740991], { three: 3 });
            })
            .then(function (result) {
              equal([result.args, result.kwargs], [[9007199254740991, 'two'], { three: 3 }]);
              return session.call('test.fail', [new Uint8Array(0)]);
            })
            .then(
              function () {
                reject(new Error('expected a rejection'));
              },
              function (error) {
                equal([error instanceof root.autobahn.Error, error.error], [true, 'com.example.failed']);
                connection.close();
              }
            )
            .then(undefined, reject);
        };
        connection.onclose = function (reason) {
          if (reason === 'closed') resolve();
          else reject(new Error(reason));
        };
        connection.open();
      });
    });

    step('Argon2id gives the key that Node.js gives', function () {
      return autostrada
        .argon2id({ password: new Uint8Array([1]), salt: new Uint8Array(16), iterations: 1, memoryKiB: 8, length: 32 })
        .then(function (key) {
          equal(key, new Uint8Array(options.argon2));
        });
    });

    next();
  };
})(window);

/* What every engine has to do with `autostrada.min.js`: one file, ECMAScript 5, the same everywhere. */
(function (root) {
  'use strict';
  root.suites.push(function (options, t) {
    var autostrada = root.autostrada;
    var step = t.step;
    var equal = t.equal;
    var rejected = t.rejected;
    var everyByte = t.everyByte;

    function connect(realm, serializer, more) {
      var given = { url: options.url, realm: realm, serializers: [serializer], retry: { minMs: 1, maxMs: 1 } };
      for (var key in more) given[key] = more[key];
      return new autostrada.Connection(given);
    }

    ['json', 'msgpack', 'cbor'].forEach(function (name) {
      var connection;
      t.carries(name, function () {
        connection = connect('open', autostrada[name]());
        return connection.open().then(function (session) {
          return {
            id: session.id,
            call: function (procedure, args) {
              return connection.call(procedure, args);
            },
          };
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

      step(name + ': comes back when the line is cut, and once not to be opened, with what it had registered', function () {
        var first = connection.session.id;
        var again = new Promise(function (resolve) {
          var off = connection.on('open', function (session) {
            off();
            resolve(session);
          });
        });
        return connection
          .call('test.cut', [1])
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
      return t.hasRandom ? outcome : 'no secure random source';
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

    step('autobahn.min.js works beside it, in one page', function () {
      return new Promise(function (resolve, reject) {
        var connection = new root.autobahn.Connection({ url: options.url, realm: 'open', max_retries: 0 });
        connection.onopen = function (session) {
          session.call('test.echo', ['beside']).then(function (back) {
            equal(back, ['beside']);
            connection.close();
          }, reject);
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
  });
})(window);

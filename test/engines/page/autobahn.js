/* What every engine has to do with `autobahn.min.js`, alone in its page: ECMAScript 5, in the words of Autobahn|JS. */
(function (root) {
  'use strict';
  root.suites.push(function (options, t) {
    var autobahn = root.autobahn;
    var lines = root.lines(options, t);
    var open = lines.open;
    var close = lines.close;
    var step = t.step;
    var equal = t.equal;
    var rejected = t.rejected;

    /** Subscribes. `event` is the first one: `[args, kwargs, event, subscription]`. */
    function hear(session, topic) {
      var tell;
      var event = new Promise(function (resolve) {
        tell = resolve;
      });
      return session
        .subscribe(topic, function () {
          tell(Array.prototype.slice.call(arguments));
        })
        .then(function (subscription) {
          return { subscription: subscription, event: event };
        });
    }
    /** What an autobahn.Error is, key by key. */
    function parts(error) {
      return [error instanceof autobahn.Error, error instanceof Error, Object.keys(error).sort(), error.error];
    }
    function isError(uri) {
      return [true, false, ['args', 'error', 'kwargs'], uri];
    }

    [
      ['json', 'JSONSerializer'],
      ['msgpack', 'MsgpackSerializer'],
      ['cbor', 'CBORSerializer'],
    ].forEach(function (names) {
      var name = names[0];
      // Autobahn|JS carries no bytes in JSON, and so does the layer.
      var everyByte = name === 'json' ? 'bytes are text in JSON' : t.everyByte;
      var line;
      var session;
      function opened(given) {
        session = given.session;
        return given;
      }

      t.carries(
        name,
        function () {
          line = open({ serializers: [new autobahn.serializer[names[1]]()], on_user_error: function () {} });
          return line.next('open').then(function (given) {
            opened(given);
            equal(given.details.transport, { type: 'websocket', url: options.url, protocol: 'wamp.2.' + name });
            equal([line.connection.isOpen, line.connection.session === session, session.realm], [true, true, 'open']);
            return { id: session.id, call: session.call.bind(session) };
          });
        },
        name === 'json'
      );

      step(name + ': an error is an autobahn.Error with its payload, from here and from there', function () {
        return rejected(session.call('test.fail', [everyByte]))
          .then(function (error) {
            equal(parts(error), isError('com.example.failed'));
            equal([error.args, error.kwargs], [['why', everyByte], { code: 7 }]);
            return session.register('com.example.refuse', function (args) {
              throw new autobahn.Error('com.example.refused', [args[0]], { code: 8 });
            });
          })
          .then(function () {
            return rejected(session.call('com.example.refuse', [everyByte]));
          })
          .then(function (error) {
            equal(parts(error), isError('com.example.refused'));
            equal([error.args, error.kwargs], [[everyByte], { code: 8 }]);
          });
      });

      step(name + ': calls itself, with progress in the third argument of then', function () {
        var progress = [];
        session.caller_disclose_me = true;
        return session
          .register('com.example.own', function (args, kwargs, details) {
            for (var i = 1; details.progress && i <= args[0]; i++) details.progress([i, everyByte], { of: args[0] });
            return new autobahn.Result([details.caller === session.id], { last: kwargs.last });
          })
          .then(function (registration) {
            equal([registration.procedure, registration.active, session.registrations.length], ['com.example.own', true, 2]);
            return session.call('com.example.own', [2], { last: everyByte }, { receive_progress: true }).then(
              function (result) {
                equal([result instanceof autobahn.Result, result.args, result.kwargs], [true, [true], { last: everyByte }]);
                return session.unregister(registration);
              },
              undefined,
              function (part) {
                progress.push([part instanceof autobahn.Result, part.args, part.kwargs]);
              }
            );
          })
          .then(function () {
            equal(progress, [
              [true, [1, everyByte], { of: 2 }],
              [true, [2, everyByte], { of: 2 }],
            ]);
            return rejected(session.call('com.example.own'));
          })
          .then(function (error) {
            equal(parts(error), isError('wamp.error.no_such_procedure'));
          });
      });

      step(name + ': a call is given up by cancel, here and at the far end', function () {
        var call = session.call('test.slow');
        call.cancel();
        return rejected(call)
          .then(function (error) {
            equal(parts(error), isError('Cancelled'));
            var killed = session.call('test.slow');
            killed.cancel({ mode: 'kill' });
            return rejected(killed);
          })
          .then(function (error) {
            equal(parts(error), isError('wamp.error.canceled'));
            return session.call('test.echo', ['still there']);
          })
          .then(function (back) {
            equal(back, ['still there']);
          });
      });

      step(name + ': hears what it publishes, and ids are exact', function () {
        var news = 'com.example.news';
        var subscription;
        var publication;
        equal(session.publish('com.example.nobody', [everyByte]), undefined);
        return hear(session, news)
          .then(function (heard) {
            subscription = heard.subscription;
            equal([subscription instanceof autobahn.Subscription, subscription.active], [true, true]);
            var sent = { acknowledge: true, exclude_me: false, disclose_me: true };
            return session.publish(news, [everyByte], { key: [everyByte] }, sent).then(function (given) {
              publication = given;
              return heard.event;
            });
          })
          .then(function (heard) {
            var event = heard[2];
            equal([heard[0], heard[1]], [[everyByte], { key: [everyByte] }]);
            equal([publication instanceof autobahn.Publication, event instanceof autobahn.Event], [true, true]);
            equal([event.publication, event.topic, event.publisher], [publication.id, news, session.id]);
            equal(heard[3] === subscription, true);
            return subscription.unsubscribe();
          })
          .then(function (isLast) {
            equal([isLast, session.subscriptions.length], [true, 0]);
          });
      });

      step(name + ': tells that the line was cut and could not be opened, opens again, and has nothing of before', function () {
        var first = session;
        return first
          .call('test.cut', [1])
          .then(function () {
            return line.next('lost');
          })
          .then(function (lost) {
            equal([lost.details.reason, lost.details.will_retry, lost.details.retry_count], [null, true, 1]);
            return line.next('lost');
          })
          .then(function (lost) {
            equal([lost.details.reason, lost.details.will_retry, lost.details.retry_count], [null, true, 2]);
            return line.next('open');
          })
          .then(opened)
          .then(function () {
            equal([session === first, session.id === first.id, first.isOpen], [false, false, false]);
            equal([session.registrations, session.subscriptions], [[], []]);
            return session.call('test.has_session', [String(session.id)]);
          })
          .then(function (has) {
            equal(has, true);
            return rejected(session.call('com.example.refuse'));
          })
          .then(function (error) {
            equal(parts(error), isError('wamp.error.no_such_procedure'));
            return close(line);
          });
      });

      step(name + ': upgrades.restore brings back what was there', function () {
        var before;
        var claims;
        var event;
        line = open({ serializers: [new autobahn.serializer[names[1]]()], upgrades: { restore: true } });
        return line
          .next('open')
          .then(opened)
          .then(function () {
            before = session;
            return autobahn.when.all([
              session.register('com.example.kept', function (args) {
                return args[0];
              }),
              hear(session, 'com.example.news'),
            ]);
          })
          .then(function (both) {
            claims = [both[0], both[1].subscription];
            event = both[1].event;
            return session.call('test.cut', [0]);
          })
          .then(function () {
            return line.next('lost');
          })
          .then(function () {
            return line.next('open');
          })
          .then(opened)
          .then(function () {
            equal(session === before, false);
            return session.call('com.example.kept', [everyByte]);
          })
          .then(function (back) {
            equal(back, everyByte);
            return session.publish('com.example.news', [everyByte], {}, { acknowledge: true, exclude_me: false });
          })
          .then(function () {
            return event;
          })
          .then(function (heard) {
            equal(heard[0], [everyByte]);
            claims.forEach(function (claim) {
              equal([claim.active, claim.session === session], [true, true]);
            });
            return autobahn.when.all([claims[0].unregister(), claims[1].unsubscribe()]);
          })
          .then(function () {
            equal([session.registrations, session.subscriptions], [[], []]);
            return close(line);
          });
      });
    });

    step('use_es6_promises gives promises of the platform, or what stands in for them', function () {
      var line = open({ use_es6_promises: true });
      var session;
      return line
        .next('open')
        .then(function (given) {
          session = given.session;
          return session.register('com.example.own', function (args, kwargs, details) {
            if (details.progress) details.progress(['on the way']);
            return session.call('test.echo', args);
          });
        })
        .then(function () {
          var call = session.call('com.example.own', [1], {}, { receive_progress: true });
          equal([call instanceof Promise, typeof call.cancel], [true, 'function']);
          return call;
        })
        .then(function (back) {
          equal(back, [1]);
          var slow = session.call('test.slow');
          slow.cancel();
          return rejected(slow);
        })
        .then(function (error) {
          equal(parts(error), isError('Cancelled'));
          return close(line);
        });
    });

    step('use_deferred takes the deferreds of a library', function () {
      var made = 0;
      var line = open({
        use_deferred: function () {
          made++;
          return new autobahn.when.defer();
        },
      });
      return line
        .next('open')
        .then(function (given) {
          return given.session.call('test.echo', ['mine']);
        })
        .then(function (back) {
          equal([back, made], [['mine'], 1]);
          return close(line);
        });
    });
  });
})(window);

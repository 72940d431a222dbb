/* Each login that Autobahn|JS has, in every engine. */
(function (root) {
  'use strict';
  root.suites.push(function (options, t) {
    var autobahn = root.autobahn;
    var lines = root.lines(options, t);
    var step = t.step;
    var equal = t.equal;

    /** What became of it: who the router says it is, or why not. */
    function outcome(line) {
      return line.next().then(function (end) {
        if (end.what !== 'open') return end.what + ': ' + end.details.reason;
        return lines.close(line).then(function () {
          return end.details.authid + ' by ' + end.details.authmethod;
        });
      });
    }
    function login(name, method, authid, onchallenge, wanted) {
      step('login: ' + name, function () {
        var given = {
          realm: 'login',
          authmethods: [method],
          authid: authid,
          onchallenge: function (session, asked, extra) {
            equal(asked, method);
            return onchallenge(extra);
          },
        };
        return outcome(lines.open(given)).then(function (became) {
          equal(became, wanted);
        });
      });
    }
    function sign(password) {
      return function (extra) {
        var key = extra.salt ? autobahn.auth_cra.derive_key(password, extra.salt, extra.iterations, extra.keylen) : password;
        return autobahn.auth_cra.sign(key, extra.challenge);
      };
    }
    function ticket(word) {
      return function () {
        return word;
      };
    }
    var denied = 'closed: wamp.error.authentication_denied';
    login('ticket', 'ticket', 'joe', ticket('secret'), 'joe by ticket');
    login('a ticket that is there later', 'ticket', 'joe', ticketLater, 'joe by ticket');
    login('a wrong ticket', 'ticket', 'joe', ticket('wrong'), denied);
    login('WAMP-CRA', 'wampcra', 'peter', sign('secret'), 'peter by wampcra');
    login('WAMP-CRA, salted', 'wampcra', 'petra', sign('p\u00e4ssword'), 'petra by wampcra');
    login('a wrong secret', 'wampcra', 'petra', sign('wrong'), denied);
    function ticketLater() {
      return autobahn.util.sleep(1).then(ticket('secret'));
    }

    step('login: cryptosign, with the key that localStorage has', function () {
      var seed = autobahn.util.htob(options.keys.privateKey);
      localStorage.setItem('autobahn.test', autobahn.util.btoa(seed));
      var key = autobahn.auth_cryptosign.load_private_key('autobahn.test');
      equal(autobahn.auth_cryptosign.public_key(key), autobahn.util.btoh(autobahn.nacl.sign.keyPair.fromSeed(seed).publicKey));
      var line = lines.watched(autobahn.auth_cryptosign.create_connection({ url: options.url, realm: 'login', pkey: key }));
      return outcome(line).then(function (became) {
        equal(became, 'owner by cryptosign');
      });
    });

    step('a key is deleted, and made where there is a secure random source', function () {
      var auth = autobahn.auth_cryptosign;
      var made;
      auth.delete_private_key('autobahn.test');
      equal(localStorage.getItem('autobahn.test'), '');
      try {
        made = auth.public_key(auth.load_private_key('autobahn.test'));
      } catch (error) {
        made = /secure random source/.test(error.message) ? 'no secure random source' : error.message;
      }
      if (t.hasRandom) equal([made.length, auth.public_key(auth.load_private_key('autobahn.test'))], [64, made]);
      else equal([made, localStorage.getItem('autobahn.test')], ['no secure random source', '']);
      return Promise.resolve();
    });
  });
})(window);

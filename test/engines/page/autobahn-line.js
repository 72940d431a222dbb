/* Connections of Autobahn|JS that say one after the other what their callbacks are told: for autobahn.js and autobahn-logins.js. */
(function (root) {
  'use strict';
  root.lines = function (options, t) {
    /** Opens it. `next(what)` is what `onopen` and `onclose` are told, one after the other; `what` is 'open' or the reason. */
    function watched(connection) {
      var told = [];
      var waiting;
      function tell(what, details, session) {
        told.push({ what: what, details: details, session: session });
        if (waiting) waiting();
      }
      connection.onopen = function (session, details) {
        tell('open', details, session);
      };
      connection.onclose = function (reason, details) {
        tell(reason, details);
      };
      connection.open();
      return {
        connection: connection,
        next: function (what) {
          return new Promise(function (resolve, reject) {
            waiting = function () {
              var entry = told.shift();
              if (!entry) return;
              waiting = undefined;
              if (!what || entry.what === what) resolve(entry);
              else reject(new Error('expected ' + what + ', was told ' + entry.what + ' ' + JSON.stringify(entry.details)));
            };
            waiting();
          });
        },
      };
    }
    function open(more) {
      var given = { url: options.url, realm: 'open', initial_retry_delay: 0.001, max_retry_delay: 0.001 };
      for (var key in more) given[key] = more[key];
      return watched(new root.autobahn.Connection(given));
    }
    function close(line) {
      line.connection.close('com.example.enough');
      return line.next('closed').then(function (end) {
        t.equal([end.details.will_retry, line.connection.isOpen, line.connection.session], [false, false, null]);
      });
    }

    return { watched: watched, open: open, close: close };
  };
})(window);

/* First where there is no page: the `localStorage` that Internet Explorer 8 has already. */
(function (root) {
  'use strict';
  var kept = {};
  root.localStorage = {
    getItem: function (name) {
      return name in kept ? kept[name] : null;
    },
    setItem: function (name, text) {
      kept[name] = String(text);
    },
  };
})(window);

/* Directly after it: which globals are new, and which were replaced that must not be. */
(function (root) {
  'use strict';
  var before = root.before;
  root.added = Object.getOwnPropertyNames(root).filter(function (name) {
    return root[name] !== undefined && before.names.indexOf(name) < 0 && name !== 'before' && !/^\d+$/.test(name);
  });
  before.typed.forEach(function (name, i) {
    if (root[name] !== before.kept[i]) root.added.push(name + ' (replaced)');
  });
})(window);

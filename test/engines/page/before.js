/* Directly before the bundle: what is there. */
(function (root) {
  'use strict';
  var typed =
    'Int8Array Uint8Array Int16Array Uint16Array Int32Array Uint32Array Float32Array Float64Array ArrayBuffer Error WebSocket'.split(
      ' '
    );
  var names = Object.getOwnPropertyNames(root).filter(function (name) {
    return root[name] !== undefined;
  });
  var kept = typed.map(function (name) {
    return root[name];
  });
  root.before = { names: names, typed: typed, kept: kept };
})(window);

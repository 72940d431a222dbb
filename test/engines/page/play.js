/* Last where there is no page: plays the ladder in virtual time, and prints what became of it. */
(function (root) {
  'use strict';
  var outcomes;
  root.playLadder(root.options, function (all) {
    outcomes = all;
  });
  root.playAll(function () {
    return outcomes !== undefined;
  });
  print(
    'REPORT ' + JSON.stringify({ outcomes: outcomes || [], mismatches: root.mismatches, added: root.added, left: root.ie10.left })
  );
})(window);

/* Last where there is no page: runs the suite in virtual time, and prints what became of it. */
(function (root) {
  'use strict';
  var outcomes;
  root.runSuite(root.autostrada, root.options, function (all) {
    outcomes = all;
  });
  root.playAll(function () {
    return outcomes !== undefined;
  });
  print(
    'REPORT ' + JSON.stringify({ outcomes: outcomes || [], mismatches: root.mismatches, added: root.added, left: root.ie10.left })
  );
})(window);

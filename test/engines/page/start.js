/* Last script of the page. What did not even parse has left its complaint. */
(function (root) {
  'use strict';
  if (root.playLadder) root.playLadder(root.options, root.report);
  else root.report([]);
})(window);

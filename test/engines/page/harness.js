/* First script of the page: notes what the platform has before ours come, and sends what became of it to the server that served the page. */
(function (root) {
  'use strict';
  var complaints = [];
  root.onerror = function (message, url, line) {
    complaints.push(message + ' at ' + url + ':' + line);
  };
  if (document.addEventListener) {
    document.addEventListener('securitypolicyviolation', function (event) {
      complaints.push('policy: ' + event.violatedDirective);
    });
  }
  root.report = function (outcomes) {
    var request = new XMLHttpRequest();
    request.open('POST', '/result', true);
    request.send(
      JSON.stringify({
        outcomes: outcomes,
        complaints: complaints,
        added: root.added,
        left: (root.ie10 || { left: [] }).left,
        agent: navigator.userAgent,
      })
    );
  };
})(window);

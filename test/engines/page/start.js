/* Last script of the page. */
window.runSuite(window.autostrada, window.options, window.report);

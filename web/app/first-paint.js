// A classic script in the head: it must run before the first paint, or a chosen theme would flash.
(function () {
  try {
    var theme = localStorage.getItem('beffroi.theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.setAttribute('data-theme', theme);
    var language = localStorage.getItem('beffroi.language');
    if (language) document.documentElement.setAttribute('lang', language);
  } catch (_) { /* storage switched off: the system's theme it is */ }
})();

// Only browsers without modules run this, so it is written for them.
document.documentElement.className += ' is-too-old';

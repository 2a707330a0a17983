// Sets day or night before anything is painted. A classic script, so that it runs before the body is read.
// Without a choice of the reader's the system decides; js/theme.js switches.
(() => {
  try {
    const chosen = localStorage.getItem("covenant-theme");
    if (chosen === "dark" || chosen === "light") document.documentElement.dataset.theme = chosen;
  } catch {
    // Storage is forbidden here: the system decides.
  }
})();

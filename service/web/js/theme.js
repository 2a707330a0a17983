/** The switch between day and night. What was chosen is remembered by this browser; `../theme.js` reads it back. */

import { button, icon, show } from "./dom.js";

const night = matchMedia("(prefers-color-scheme: dark)");

const isDark = () => (document.documentElement.dataset.theme ?? (night.matches ? "dark" : "light")) === "dark";

/** The button. */
export function themeSwitch() {
  const made = button("", { class: "quiet round", icon: "moon", label: "Dark" }, () => {
    const chosen = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = chosen;
    try {
      localStorage.setItem("covenant-theme", chosen);
    } catch {
      // Storage is forbidden here: the choice holds until the page is left.
    }
    draw();
  });
  const draw = () => {
    const label = isDark() ? "Switch to light" : "Switch to dark";
    show(made, icon(isDark() ? "sun" : "moon"));
    made.setAttribute("aria-label", label);
    made.title = label;
  };
  night.addEventListener("change", draw);
  draw();
  return made;
}

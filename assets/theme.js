// The theme, before anything is drawn: what was chosen in this browser, else the system's. It stands inline in the
// page's head.

(() => {
  const KEY = "studio-theme";
  const system = matchMedia("(prefers-color-scheme: dark)");
  /** @type {string | null} */
  let chosen = null;
  try {
    chosen = localStorage.getItem(KEY);
  } catch {
    // Storage may be forbidden; a choice then lasts as long as the page.
  }

  const dark = () => (chosen ? chosen === "dark" : system.matches);

  function apply() {
    const wanted = dark();
    for (const element of [document.documentElement, document.body]) {
      if (element && element.classList.contains("dark") !== wanted) element.classList.toggle("dark", wanted);
    }
  }

  function flip() {
    const wanted = dark() ? "light" : "dark";
    // Back to what the system has means: follow the system again.
    chosen = (wanted === "dark") === system.matches ? null : wanted;
    try {
      if (chosen) localStorage.setItem(KEY, chosen);
      else localStorage.removeItem(KEY);
    } catch {
      // As above.
    }
    apply();
  }

  // Gradio sets its own idea of the theme while it starts: it is put right before the next picture is drawn.
  const classes = new MutationObserver(apply);
  const bodies = new MutationObserver(() => {
    if (!document.body) return;
    bodies.disconnect();
    classes.observe(document.body, { attributes: true, attributeFilter: ["class"] });
    apply();
  });
  bodies.observe(document.documentElement, { childList: true });
  classes.observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });
  system.addEventListener("change", apply);
  apply();
  window.studioTheme = { dark, flip, chosen: () => chosen };
})();

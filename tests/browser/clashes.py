"""What in the header lies over something else, or outside the window: JavaScript for any browser."""

HEADER = """(() => {
  const wanted = ".studio-header > *, .connections > *, .gradio-container .tab-container button";
  const boxes = [...document.querySelectorAll(wanted)]
    .filter(one => !one.matches(".connections, .sp") && !one.closest(".visually-hidden"))
    .filter(one => one.checkVisibility() && getComputedStyle(one).position !== "fixed")
    .map(one => [one.textContent.trim() || one.className, one.getBoundingClientRect(), one.role === "tab"])
    .filter(([, box]) => box.width > 0);
  const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 0.5
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 0.5;
  const found = [];
  boxes.forEach(([name, box, scrolls], index) => {
    if (!scrolls && (box.left < 0 || box.right > innerWidth + 0.5)) found.push(`${name} leaves the window`);
    for (const [other, next] of boxes.slice(index + 1))
      if (over(box, next)) found.push(`${name} lies over ${other}`);
  });
  return found;
})()"""
"""An expression: one sentence for each clash. On a phone the tabs are a strip that scrolls."""

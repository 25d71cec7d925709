"""What a look at the page finds, as scripts for the browser."""

DRAW_ALL = """async () => {
  const tall = document.documentElement.scrollHeight;
  for (let y = 0; y < tall; y += 600) { scrollTo(0, y); await new Promise((done) => setTimeout(done, 30)); }
  scrollTo(0, 0);
  await new Promise((done) => setTimeout(done, 50));
}"""

SIDEWAYS = """() => {
  const found = [];
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width) found.push("page " + document.documentElement.scrollWidth);
  for (const one of document.querySelectorAll("body *")) {
    if (one.closest(".scroll, .vh, svg, .skip, template")) continue;
    const box = one.getBoundingClientRect();
    if (box.width && box.right > width + 1) found.push(one.tagName + "." + one.className + " " + Math.round(box.right));
  }
  return found;
}"""

# words of one figure that lie over each other, or reach beyond it
WORDS_IN_FIGURES = """() => {
  const found = [];
  for (const chart of document.querySelectorAll("[data-chart]")) {
    const frame = chart.getBoundingClientRect();
    const words = [...chart.querySelectorAll("svg text")].filter((one) => one.textContent.trim());
    const boxes = words
      .map((one) => [one.textContent.trim(), one.getBoundingClientRect()])
      .filter(([, box]) => box.width);
    boxes.forEach(([text, box], index) => {
      const beside = box.left < frame.left - 1 || box.right > frame.right + 1;
      if (beside || box.top < frame.top - 2 || box.bottom > frame.bottom + 2)
        found.push(`${chart.dataset.chart}: "${text}" is cut`);
      for (const [other, at] of boxes.slice(index + 1)) {
        const wide = Math.min(box.right, at.right) - Math.max(box.left, at.left);
        const high = Math.min(box.bottom, at.bottom) - Math.max(box.top, at.top);
        if (wide > 2 && high > 4) found.push(`${chart.dataset.chart}: "${text}" over "${other}"`);
      }
    });
  }
  return found;
}"""

UNNAMED = """() => [...document.querySelectorAll("button, a[href], [role=img], [role=region]")]
  .filter((one) => !one.closest("template") && !(one.textContent.trim() || one.getAttribute("aria-label")))
  .map((one) => one.outerHTML.slice(0, 80))"""

HEADINGS = """() => [...document.querySelectorAll("#page h1, #page h2, #page h3, #page h4")]
  .map((one) => Number(one.tagName[1]))"""

LEFT_OVERS = (
    """() => (document.body.innerText.match(/NaN|undefined|\\[object|Infinity|\\bnull\\b|\\{\\w+\\}/g) ?? [])"""
)

SMALL_TARGETS = """() => [...document.querySelectorAll("#page button, .topbar button")]
  .filter((one) => !one.closest(".toc"))
  .map((one) => [one.textContent, one.getBoundingClientRect().height])
  .filter(([, height]) => height && height < 36)"""

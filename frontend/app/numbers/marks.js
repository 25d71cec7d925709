// A mark of a figure that stands for customers opens them: by a click, or by the arrow keys and Enter.

const isTime = (option) => (option.baseOption ?? option).tooltip?.trigger === "axis";

// Every mark with people behind it, in the order of the data: address, title, and where it is.
function marksOf(option) {
  const series = (option.baseOption ?? option).series ?? [];
  const found = [];
  series.forEach((one, seriesIndex) => {
    if (one.who) found.push({ seriesIndex, who: one.who, title: "" });
    (one.data ?? []).forEach((datum, dataIndex) => {
      if (datum?.who) found.push({ seriesIndex, dataIndex, who: datum.who, title: titleOf(datum.tip, one) });
    });
    (one.links ?? []).forEach((link, dataIndex) => {
      if (link.who) found.push({ seriesIndex, dataIndex, dataType: "edge", who: link.who, title: titleOf(link.tip, one) });
    });
  });
  return found;
}

function titleOf(tip, series) {
  if (!tip) return "";
  if (Array.isArray(tip)) return [series.tipTitle, ...tip].filter(Boolean).join(", ");
  return [tip.t, ...(tip.r ?? []).slice(0, 1).map((row) => row.slice(0, 2).join(" "))].filter(Boolean).join(": ");
}

export function startMarks(place, chart, option, words) {
  const marks = marksOf(option);
  if (!marks.length) return;
  place.classList.add("opens");
  if (isTime(option)) byTime(chart, option);
  else {
    chart.on("click", (event) => {
      const series = (option.baseOption ?? option).series?.[event.seriesIndex];
      const datum = event.data ?? {};
      const who = datum.who ?? series?.who;
      if (who) open(who, event.event?.event);
    });
    chart.on("mouseover", (event) => (place.style.cursor = event.data?.who ? "pointer" : ""));
  }
  byKeys(place, chart, marks, words);
}

// Over time a point is the column of the pointer, not a pixel of the line.
function byTime(chart, option) {
  const series = (option.baseOption ?? option).series ?? [];
  const at = (index) => series.map((one) => one.data?.[index]?.who).find(Boolean);
  chart.getZr().on("click", (event) => {
    const where = [event.offsetX, event.offsetY];
    if (!chart.containPixel("grid", where)) return;
    const [index] = chart.convertFromPixel({ seriesIndex: series.findIndex((one) => one.data?.some((datum) => datum?.who)) }, where);
    const who = at(Math.round(index));
    if (who) open(who, event.event);
  });
}

function byKeys(place, chart, marks, words) {
  let now = -1;
  const said = document.createElement("p");
  said.className = "mark-said sm";
  said.setAttribute("aria-live", "polite");
  place.after(said);
  place.tabIndex = 0;
  place.setAttribute("aria-keyshortcuts", "ArrowRight ArrowLeft Enter");
  place.addEventListener("focus", () => now < 0 && (said.textContent = words.marks));
  place.addEventListener("blur", () => {
    said.textContent = "";
    chart.dispatchAction({ type: "hideTip" });
  });
  place.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      now = (now + step + marks.length) % marks.length;
      const mark = marks[now];
      said.textContent = `${mark.title}${mark.title ? " · " : ""}${words.open}`;
      if (mark.dataIndex !== undefined && !mark.dataType) chart.dispatchAction({ type: "showTip", seriesIndex: mark.seriesIndex, dataIndex: mark.dataIndex });
    } else if (event.key === "Enter" && now >= 0) {
      open(marks[now].who, event);
    } else if (event.key === "Escape") {
      now = -1;
      said.textContent = "";
      chart.dispatchAction({ type: "hideTip" });
    }
  };
}

function open(address, event) {
  if (event?.metaKey || event?.ctrlKey) window.open(address, "_blank", "noopener");
  else location.href = address;
}

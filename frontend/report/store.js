// What the reader chose, kept where the browser lets a file keep anything.
const PREFIX = "regulars.report.";

export function recall(name) {
  try {
    return localStorage.getItem(PREFIX + name) || "";
  } catch {
    return "";
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // a private window keeps nothing: the choice holds until the page is closed
  }
}

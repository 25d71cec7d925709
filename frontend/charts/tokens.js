// Colour expressions of an option → CSS colours. The same four rules as regulars.charts.tokens:
// $steady · $mix:low:high:0.42 · $on:<expression> · $alpha:token:0.86

const EXPRESSION = /^\$(?:on:|mix:|alpha:)?[A-Za-z][\w-]*(?::[\w.-]+)*$/;
const SWITCH = 0.179;

export function palette(root = document.documentElement) {
  const style = getComputedStyle(root);
  return (name) => style.getPropertyValue(`--${name}`).trim();
}

export function isExpression(value) {
  return typeof value === "string" && EXPRESSION.test(value);
}

export function colour(expression, token) {
  const [kind, ...rest] = expression.replace(/^\$/, "").split(":");
  if (!rest.length) return token(kind) || expression;
  if (kind === "on") return luminance(colour(rest.join(":"), token)) > SWITCH ? "#14161A" : "#FFFFFF";
  if (kind === "alpha") return `rgba(${channels(token(rest[0])).join(",")},${rest[1]})`;
  const low = channels(token(rest[0]));
  const high = channels(token(rest[1]));
  const mixed = low.map((part, index) => Math.floor(part + (high[index] - part) * Number(rest[2]) + 0.5));
  return `#${mixed.map((part) => part.toString(16).padStart(2, "0")).join("").toUpperCase()}`;
}

function channels(given) {
  const hex = given.length === 4 ? given.replace(/[^#]/g, "$&$&") : given;
  return [1, 3, 5].map((start) => parseInt(hex.slice(start, start + 2), 16));
}

function luminance(hex) {
  const [red, green, blue] = channels(hex).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

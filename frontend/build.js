// Bundles the report's script, its boot script and its style into the Python package.
import { build } from "esbuild";
import { readFile } from "node:fs/promises";

const target = "../src/regulars/report/static";
const shared = {
  bundle: true,
  minify: true,
  target: ["es2020"],
  charset: "utf8",
  logLevel: "warning",
  define: { "process.env.NODE_ENV": '"production"', __DEV__: "false" },
};

await build({
  ...shared,
  entryPoints: { report: "report/main.js", boot: "report/boot.js" },
  outdir: target,
  format: "iife",
  legalComments: "eof",
});
await build({ ...shared, entryPoints: { report: "report/report.css" }, outdir: target });

// The scripts stand inside an HTML file: nothing in them may end their element or open a comment.
for (const name of ["report.js", "boot.js"]) {
  const text = await readFile(`${target}/${name}`, "utf8");
  if (/<\/script|<!--/i.test(text)) throw new Error(`${name} cannot be inlined: it holds </script or <!--`);
}

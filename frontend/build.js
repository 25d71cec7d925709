// Bundles the report's script, its boot script and its style into the Python package.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { readFile, readdir, writeFile } from "node:fs/promises";

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
  entryPoints: { boot: "report/boot.js" },
  outdir: target,
  format: "iife",
  legalComments: "eof",
});
await build({
  ...shared,
  entryPoints: { report: "report/main.js" },
  outdir: target,
  format: "iife",
  legalComments: "eof",
  banner: { js: "/*! Contains Apache ECharts 6.1.0 (Apache License 2.0, Apache Software Foundation) and ZRender (BSD 3-Clause, Baidu Inc.) */" },
});
await build({ ...shared, entryPoints: { report: "report/report.css" }, outdir: target });

// The scripts stand inside an HTML file: nothing in them may end their element or open a comment.
for (const name of ["report.js", "boot.js"]) {
  const text = await readFile(`${target}/${name}`, "utf8");
  if (/<\/script|<!--/i.test(text)) throw new Error(`${name} cannot be inlined: it holds </script or <!--`);
}

// What was built from which sources: a test compares, so that nobody commits one without the other.
const sources = ["package.json", "package-lock.json"];
for (const folder of ["charts", "report"]) {
  for (const name of await readdir(folder)) sources.push(`${folder}/${name}`);
}
const hash = createHash("sha256");
for (const name of sources.sort()) hash.update(name).update(await readFile(name));
await writeFile("built.sha256", `${hash.digest("hex")}\n`);

// Bundles the scripts and styles of the report and of the application into the Python package.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, readdir, writeFile } from "node:fs/promises";

const application = "../src/regulars/web/static/app";
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

await mkdir(application, { recursive: true });
await build({ ...shared, entryPoints: { app: "app/main.js" }, outdir: application, format: "iife", legalComments: "eof" });
await build({
  ...shared,
  entryPoints: { charts: "app/numbers/main.js" },
  outdir: application,
  format: "iife",
  legalComments: "eof",
  banner: { js: "/*! Contains Apache ECharts 6.1.0 (Apache License 2.0, Apache Software Foundation) and ZRender (BSD 3-Clause, Baidu Inc.) */" },
});
await build({ ...shared, entryPoints: { app: "app/app.css" }, outdir: application });
for (const name of ["icons.svg", "icon.svg"]) await copyFile(`app/${name}`, `${application}/${name}`);

// The scripts stand inside an HTML file: nothing in them may end their element or open a comment.
for (const name of ["report.js", "boot.js"]) {
  const text = await readFile(`${target}/${name}`, "utf8");
  if (/<\/script|<!--/i.test(text)) throw new Error(`${name} cannot be inlined: it holds </script or <!--`);
}

// What was built from which sources: a test compares, so that nobody commits one without the other.
const sources = ["package.json", "package-lock.json"];
for (const folder of ["charts", "report", "app", "app/areas", "app/numbers", "app/styles"]) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isFile()) sources.push(`${folder}/${entry.name}`);
  }
}
const hash = createHash("sha256");
for (const name of sources.sort()) hash.update(name).update(await readFile(name));
await writeFile("built.sha256", `${hash.digest("hex")}\n`);

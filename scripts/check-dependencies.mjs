// Finds dependencies that a crate declares and does not use, by looking for their names in its sources.
//
// A name in a comment would fool it, and so would use through a macro alone; the second kind is listed below. What
// is not used in the sources but only in the tests belongs to the dev-dependencies.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Dependencies that are used although no source names them, by crate, each with its reason. */
const EXCEPTIONS = {};

function rustFiles(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".rs"))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

function sources(root, folders) {
  const existing = readdirSync(root).filter((name) => folders.includes(name));
  const text = existing.flatMap((name) => rustFiles(join(root, name)).map((file) => readFileSync(file, "utf8")));
  return text.join("\n").replace(/^\s*\/\/[^/!].*$/gm, "");
}

function unused({ name, manifest_path, dependencies }) {
  const root = dirname(manifest_path);
  const text = { normal: sources(root, ["src"]), dev: sources(root, ["src", "tests", "examples", "benches"]) };
  return dependencies
    .filter((dependency) => !EXCEPTIONS[name]?.[dependency.name])
    .filter(({ name, rename, kind }) => {
      const crate = (rename ?? name).replaceAll("-", "_");
      return !new RegExp(`\\b${crate}\\b`).test(text[kind === "dev" ? "dev" : "normal"]);
    })
    .map((dependency) => `${name} does not use ${dependency.name}`);
}

const output = execFileSync("cargo", ["metadata", "--format-version", "1", "--no-deps"], { maxBuffer: 1 << 26 });
const { packages } = JSON.parse(output);
const findings = packages.flatMap(unused);
for (const finding of findings) console.error(finding);
if (findings.length > 0) process.exit(1);
console.log(`${packages.length} crates use every dependency that they declare`);

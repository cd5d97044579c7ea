// The example in the README is the one in the client's documentation, which the doc tests compile.
import { readFileSync } from "node:fs";

const block = /^```rust\n(?<code>[\s\S]*?)^```$/m.exec(readFileSync("README.md", "utf8"));
if (!block) throw new Error("the README has no Rust example");

const documented = /^\/\/! ```no_run\n(?<code>[\s\S]*?)^\/\/! ```$/m.exec(readFileSync("crates/client/src/lib.rs", "utf8"));
if (!documented) throw new Error("the client's documentation has no example");
const visible = documented.groups.code
  .split("\n")
  .map((line) => line.replace(/^\/\/! ?/, ""))
  .filter((line) => !/^#( |$)/.test(line))
  .join("\n");

if (block.groups.code !== visible) {
  console.error("README.md: the example differs from the one in crates/client/src/lib.rs, which is compiled");
  process.exit(1);
}
console.log("the README's example is the one that is compiled");

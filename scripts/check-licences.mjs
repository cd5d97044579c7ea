// Checks the licence of every crate that we build on against the list in deny.toml.
//
// cargo-deny does this too, and more, but takes minutes to install; this takes a second.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** The licences of the `allow` list in deny.toml. */
function allowedLicences() {
  const list = /^allow = \[(?<entries>[^\]]*)\]/m.exec(readFileSync("deny.toml", "utf8"));
  if (!list) throw new Error("deny.toml has no list named allow");
  const withoutComments = list.groups.entries.replace(/#.*$/gm, "");
  return new Set([...withoutComments.matchAll(/"([^"]+)"/g)].map((match) => match[1]));
}

/**
 * Whether an SPDX expression can be met with the allowed licences. AND binds more tightly than OR; a slash is the
 * old way to write OR. An exception (WITH) only adds freedoms, so the licence before it decides.
 */
function isMet(expression, allowed) {
  const tokens = expression.replaceAll("/", " OR ").match(/[()]|[^\s()]+/g);
  const alternatives = () => {
    let met = every();
    while (tokens[0] === "OR") {
      tokens.shift();
      met = every() || met;
    }
    return met;
  };
  const every = () => {
    let met = one();
    while (tokens[0] === "AND") {
      tokens.shift();
      met = one() && met;
    }
    return met;
  };
  const one = () => {
    const token = tokens.shift();
    if (token === "(") {
      const met = alternatives();
      tokens.shift();
      return met;
    }
    if (tokens[0] === "WITH") tokens.splice(0, 2);
    return allowed.has(token);
  };
  return alternatives();
}

const allowed = allowedLicences();
const output = execFileSync("cargo", ["metadata", "--format-version", "1"], { maxBuffer: 1 << 28 });
const { packages } = JSON.parse(output);
const refused = packages.filter(({ license }) => !license || !isMet(license, allowed));
for (const { name, version, license } of refused) {
  console.error(`${name} ${version}: ${license ?? "names no licence"}`);
}
if (refused.length > 0) process.exit(1);
console.log(`${packages.length} crates, all under licences that deny.toml allows`);

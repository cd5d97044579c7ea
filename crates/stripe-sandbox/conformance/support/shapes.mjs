// Compares an object with the shape that Stripe's SDK declares for it. How `shapes.json` is written: see ORIGIN.md.
import { readFile } from "node:fs/promises";

const shapes = JSON.parse(await readFile(new URL("../shapes.json", import.meta.url), "utf8"));

/** What differs between `object` and its declaration: one sentence for each place. */
export function differences(object) {
  const shape = shapes[object.object];
  return shape ? compare(shape, object, object.object) : [`there is no shape for ${object.object}`];
}

function compare(shape, value, path) {
  if (Array.isArray(shape)) return compareArray(shape[0], value, path);
  if (typeof shape === "object") return shape.or ? compareChoice(shape.or, value, path) : compareMembers(shape, value, path);
  if (shape === "any") return [];
  if (shape.startsWith("#")) return compare(shapes[shape.slice(1)], value, path);
  if (shape.startsWith("=")) return shape.slice(1).split("|").includes(value) ? [] : [`${path} is ${JSON.stringify(value)}, not ${shape.slice(1)}`];
  if (shape === "absent") return [`${path} is there`];
  const type = value === null ? "null" : typeof value;
  return type === shape ? [] : [`${path} is ${type}, not ${shape}`];
}

function compareArray(element, value, path) {
  if (!Array.isArray(value)) return [`${path} is no list`];
  return value.flatMap((item, index) => compare(element, item, `${path}[${index}]`));
}

/** The choice that comes closest speaks for all of them. */
function compareChoice(choices, value, path) {
  const found = choices.map((choice) => compare(choice, value, path));
  return found.reduce((closest, other) => (rank(other, path) < rank(closest, path) ? other : closest));
}

/** A choice of the wrong type altogether is further away than one with mistakes inside. */
function rank(found, path) {
  return found.length + (found.some((sentence) => sentence.startsWith(`${path} is `)) ? 1_000 : 0);
}

function compareMembers(shape, value, path) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${path} is ${value === null ? "null" : typeof value}, not an object`];
  if (shape["*"]) return Object.entries(value).flatMap(([name, member]) => compare(shape["*"], member, `${path}.${name}`));
  const missing = Object.keys(shape).filter((name) => name.endsWith("!") && !(name.slice(0, -1) in value));
  const problems = missing.map((name) => `${path}.${name.slice(0, -1)} is missing`);
  for (const [name, member] of Object.entries(value)) {
    const known = shape[`${name}!`] ?? shape[name];
    problems.push(...(known === undefined ? [`${path}.${name} is not declared`] : compare(known, member, `${path}.${name}`)));
  }
  return problems;
}

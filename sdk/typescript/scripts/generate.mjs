// Writes what is made from elsewhere: the types of both APIs from their OpenAPI documents, and the one file that the
// phone shop serves to browsers from this package and what it stands on.
//
//   generate.mjs           writes them
//   generate.mjs --check   refuses those that are not as they would be written
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import openapiTypeScript, { astToString } from "openapi-typescript";

const ROOT = new URL("../../../", import.meta.url);
const NOTE = "Written by sdk/typescript/scripts/generate.mjs; `npm run generate` there writes it anew.";

const FILES = {
  "sdk/typescript/src/generated/organizations.ts": () =>
    types("crates/organizations-api/openapi/organizations.json"),
  "sdk/typescript/src/generated/projects.ts": () => types("crates/projects-api/openapi/projects.json"),
  "examples/phone-shop/assets/perennial-sdk.js": () => bundle("sdk/typescript/src/index.ts"),
};

async function types(document) {
  const tree = await openapiTypeScript(new URL(document, ROOT), { alphabetize: false });
  return `// ${NOTE}\n\n${astToString(tree)}`;
}

/** One module for browsers, legible as it is: nobody has to trust it unread. */
async function bundle(entry) {
  const { outputFiles } = await build({
    absWorkingDir: fileURLToPath(ROOT),
    entryPoints: [entry],
    bundle: true,
    format: "esm",
    target: "es2022",
    write: false,
    banner: { js: `// ${NOTE}` },
    footer: { js: await licence("sdk/typescript/node_modules/openapi-fetch/LICENSE") },
  });
  return outputFiles[0].text;
}

/** What the one package that is bundled asks for in every copy. */
async function licence(path) {
  const text = await readFile(new URL(path, ROOT), "utf8");
  return `/* Of openapi-fetch, which is part of this file:\n\n${text.trim()}\n*/`;
}

const isCheck = process.argv.includes("--check");
for (const [path, make] of Object.entries(FILES)) {
  const file = new URL(path, ROOT);
  const fresh = await make();
  if (!isCheck) {
    await writeFile(file, fresh);
  } else if ((await readFile(file, "utf8").catch(() => null)) !== fresh) {
    console.error(`${path} is not what its sources make: npm run generate --prefix sdk/typescript`);
    process.exitCode = 1;
  }
}

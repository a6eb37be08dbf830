// Reads a HubSpot project as the `hs` command does before an upload: parse_project.mjs <project> <schemas>
// HubSpot serves its component schemas to signed-in accounts only; <schemas> stands in for that one
// request. All else is HubSpot's own code: platform version, places, uids, fields, dependencies.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { getProjectMetadata, parseProjectConfig } from "@hubspot/project-parsing-lib/projects";
import { translate } from "@hubspot/project-parsing-lib/translate";

const [project, schemas] = process.argv.slice(2);
const library = createRequire(new URL(import.meta.resolve("@hubspot/project-parsing-lib/translate")));
const { http } = await import(pathToFileURL(library.resolve("@hubspot/local-dev-lib/http")));
http.get = async () => ({ data: JSON.parse(readFileSync(schemas, "utf8")) });

const config = parseProjectConfig(project);
const source = resolve(project, config.srcDir);
const { components } = await getProjectMetadata(source);
try {
  const { intermediateRepresentation, skippedHsMetaFiles } = await translate({
    projectSourceDir: source,
    platformVersion: config.platformVersion,
    accountId: 1,
  });
  print({
    config,
    functions: components["app-function"].count,
    nodes: intermediateRepresentation.intermediateNodesIndexedByUid,
    skipped: skippedHsMetaFiles,
    refused: null,
  });
} catch (error) {
  print({ config, refused: error.toString() });
}

function print(value) {
  process.stdout.write(JSON.stringify(value));
}

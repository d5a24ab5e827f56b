// Says what is wrong with a document: node validate.mjs style|styles|tilejson < DOCUMENT
//
// `styles` takes an object of them and gives complaints by name. A style is judged by MapLibre's own validator, a TileJSON by the schema beside this file. Prints a
// JSON list of complaints, empty when all is well.
import { readFileSync } from "node:fs";
import { validateStyleMin } from "@maplibre/maplibre-gl-style-spec";
import Ajv from "ajv";

const document = JSON.parse(readFileSync(0, "utf8"));

const judges = {
  style: () => validateStyleMin(document).map((error) => error.message),
  styles: () =>
    Object.entries(document).flatMap(([name, style]) => validateStyleMin(style).map((error) => `${name}: ${error.message}`)),
  tilejson: () => {
    const schema = JSON.parse(readFileSync(new URL("tilejson.schema.json", import.meta.url), "utf8"));
    const ajv = new Ajv({ allErrors: true, strictTuples: false });
    ajv.validate(schema, document);
    return (ajv.errors ?? []).map((error) => `${error.instancePath || "/"} ${error.message}`);
  },
};

console.log(JSON.stringify(judges[process.argv[2]]()));

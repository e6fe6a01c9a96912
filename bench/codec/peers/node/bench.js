// The Node peer: util-dynamodb. usage: bench.js FOLDER ROUNDS
//
// Prints the lines that `cargo xtask bench codec` reads.
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const [folder, rounds] = process.argv.slice(2);
const OWNED = "JSON lines to owned values";
const WRITE = "Values to JSON lines";

// What garbage collection takes on other threads counts as well.
function cpuSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function measure(group, name, bytes, items, run) {
  const seconds = [];
  for (let round = 0; round < Number(rounds); round++) {
    const start = cpuSeconds();
    run();
    seconds.push((cpuSeconds() - start).toFixed(6));
  }
  console.log(["case", group, "peer", `Node: ${name}`, bytes, items, "", "", seconds].join("\t"));
}

// The SDK wants bytes where the lines have base64.
function withBytes(value) {
  for (const kind in value) {
    const inner = value[kind];
    if (kind === "B") return { B: Buffer.from(inner, "base64") };
    if (kind === "BS") return { BS: inner.map((member) => Buffer.from(member, "base64")) };
    if (kind === "M") return { M: attributesWithBytes(inner) };
    if (kind === "L") return { L: inner.map(withBytes) };
  }
  return value;
}

function attributesWithBytes(attributes) {
  const out = {};
  for (const name in attributes) out[name] = withBytes(attributes[name]);
  return out;
}

// Without it, every integer beyond 2^53 and every longer fraction throws.
const exact = { wrapNumbers: true };
const item = (line) => unmarshall(attributesWithBytes(JSON.parse(line).Item), exact);

const { version } = JSON.parse(
  readFileSync(new URL("node_modules/@aws-sdk/util-dynamodb/package.json", import.meta.url)),
);
console.log(["version", "@aws-sdk/util-dynamodb", version].join("\t"));
console.log(["version", "Node", process.versions.node].join("\t"));

const file = readFileSync(join(folder, "items.ndjson"));
const lines = file.toString("utf8").split("\n").filter(Boolean);
measure(OWNED, "JSON.parse, no types", file.length, lines.length, () => lines.forEach((line) => JSON.parse(line)));
measure(OWNED, "JSON.parse, unmarshall", file.length, lines.length, () => lines.forEach((line) => item(line)));

const part = lines.slice(0, 20_000);
const items = part.map(item);
const partBytes = part.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
measure(WRITE, "marshall, JSON.stringify", partBytes, part.length, () =>
  items.forEach((attributes) => JSON.stringify({ Item: marshall(attributes) })),
);

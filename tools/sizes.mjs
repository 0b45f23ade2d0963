// What the browser's part weighs: for each part that is loaded by itself, its files and how many KB they are, as they are and in
// brotli (each file by itself, best quality), and how much of it a page of each area has not got already.
//   bin/build && node tools/sizes.mjs [PART…]      all parts, or those named, such as note_editor
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const front = 'target/front/release';
const loader = readFileSync(join(front, '__wasm_split.js'), 'utf8');
const parts = new Map();
for (const [, part, shared] of loader.matchAll(/const __wasm_split_load_(\w+) =[\s\S]*?\[((?:__chunk_\d+(?:, )?)*)\]\)\);/g)) {
    parts.set(part, [`split_${part}`, ...shared.split(', ').filter(Boolean).map((name) => name.slice(2))]);
}
const known = new Map();
const weight = (name) => {
    if (!known.has(name)) {
        const bytes = readFileSync(join(front, `${name}.wasm`));
        const small = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
        known.set(name, [bytes.length, small.length]);
    }
    return known.get(name);
};
const sum = (names) => names.map(weight).reduce(([a, b], [c, d]) => [a + c, b + d], [0, 0]).map((n) => `${Math.round(n / 1024)} KB`).join(', in brotli ');
const asked = process.argv.slice(2);
const unknown = asked.filter((part) => !parts.has(part));
if (unknown.length > 0) throw new Error(`There is no ${unknown.join(', ')}: ${[...parts.keys()].join(', ')}`);
console.log(`what comes first: ${sum(['rapport_bg'])}`);
for (const part of asked.length > 0 ? asked : parts.keys()) {
    const files = parts.get(part);
    console.log(`${part}: ${files.length} files, ${sum(files)}`);
    for (const [area, has] of parts) {
        const more = files.filter((name) => !has.includes(name));
        if (area !== part && more.length < files.length && more.length > 0) console.log(`  with ${area} there: ${more.length} files, ${sum(more)}`);
    }
}

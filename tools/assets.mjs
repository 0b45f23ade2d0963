// Gathers the pages' files in target/site: hashed names, compressed copies, and a manifest
// from the name that a file had to the name that it has. The browser's part is a folder of files that know each other by
// name, so that the folder has the hash; areas.json says which of them each area of pages needs. Those of an area are there
// once more as one file, in the order in which a page uses them (tools/parts.js reads it).
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const mode = process.argv[2] ?? 'release';
const site = 'target/site';
const front = `target/front/${mode}`;

const files = new Map();
const order = readFileSync('style/order.txt', 'utf8').split('\n').filter(Boolean);
const unlisted = readdirSync('style').filter((f) => f.endsWith('.css') && !order.includes(f));
if (unlisted.length > 0) throw new Error(`style/order.txt does not name ${unlisted.join(', ')}`);
files.set('style.css', Buffer.from(order.map((f) => readFileSync(join('style', f), 'utf8')).join('\n')));
for (const name of readdirSync('public')) {
    if (statSync(join('public', name)).isFile()) files.set(name, readFileSync(join('public', name)));
}

// Files that did not change stay untouched, so that the server is not built again for nothing.
mkdirSync(site, { recursive: true });
const keep = new Set();
const put = (name, bytes) => {
    keep.add(name);
    const path = join(site, name);
    if (!existsSync(path)) writeFileSync(path, bytes);
};
const manifest = {};
const sum = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 12);
// Compressing takes minutes of one core: all of it is begun, and awaited before the folder is tidied.
const brotli = promisify(brotliCompress);
const zip = promisify(gzip);
const begun = [];
const made = (name, compress) => {
    keep.add(name);
    if (!existsSync(join(site, name))) begun.push(compress().then((bytes) => put(name, bytes)));
};
const compressed = (name, bytes) => {
    if (mode !== 'release' || !/\.(js|css|svg|wasm|json|html)$/.test(name)) return;
    made(`${name}.br`, () => brotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
    made(`${name}.gz`, () => zip(bytes, { level: 9 }));
};
for (const [name, bytes] of files) {
    const end = extname(name);
    const hashed = `${name.slice(0, name.length - end.length)}.${sum(bytes)}${end}`;
    manifest[name] = hashed;
    put(hashed, bytes);
    compressed(hashed, bytes);
}
const names = readdirSync(front).filter((name) => /\.(wasm|js)$/.test(name)).sort();
const parts = new Map(names.map((name) => [name, readFileSync(join(front, name))]));
// The loader has, for each area, the file of its own and the shared ones: "load_AREA = … "./split_AREA.wasm" … [__chunk_1, …]".
const loader = parts.get('__wasm_split.js').toString('utf8');
const areas = {};
for (const [, area, shared] of loader.matchAll(/const __wasm_split_load_(\w+) =[\s\S]*?\[((?:__chunk_\d+(?:, )?)*)\]\)\);/g)) {
    areas[area] = [`split_${area}`, ...shared.split(', ').filter(Boolean).map((name) => name.slice(2))];
}
const index = {};
const joined = new Map();
for (const [area, own] of Object.entries(areas)) {
    const files = ['rapport_bg', ...own.slice(1), own[0]];
    index[area] = files.map((name) => [name, parts.get(`${name}.wasm`).length]);
    joined.set(`${area}.parts`, Buffer.concat(files.map((name) => parts.get(`${name}.wasm`))));
}
const unpack = readFileSync('tools/parts.js', 'utf8');
const asked = loader.replaceAll('fetch(new URL("./', 'part(new URL("./').replaceAll('.wasm", import.meta.url))', '.wasm", import.meta.url).href)');
if (asked === loader || !unpack.includes('INDEX = {}')) throw new Error('the loader is not as it was: tools/assets.mjs');
parts.set('__wasm_split.js', Buffer.from(`import { part } from "./parts.js";\n${asked}`));
parts.set('parts.js', Buffer.from(unpack.replace('INDEX = {}', `INDEX = ${JSON.stringify(index)}`)));
const folder = `front-${sum(Buffer.concat([...parts.values()]))}`;
keep.add(folder);
mkdirSync(join(site, folder), { recursive: true });
for (const [name, bytes] of parts) {
    put(`${folder}/${name}`, bytes);
    compressed(`${folder}/${name}`, bytes);
}
for (const [name, bytes] of joined) {
    // A browser that does not take brotli asks for the files one by one, so that the server need not carry this one thrice.
    const path = `${folder}/${name}`;
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    if (mode !== 'release') put(path, bytes);
    else made(`${path}.br`, () => brotli(bytes, { params }));
}
await Promise.all(begun);
manifest['rapport.wasm'] = `${folder}/rapport_bg.wasm`;
manifest['rapport.js'] = `${folder}/rapport.js`;
manifest['__wasm_split.js'] = `${folder}/__wasm_split.js`;
manifest['parts.js'] = `${folder}/parts.js`;
const write = (name, value) => {
    keep.add(name);
    const text = JSON.stringify(value, null, 2);
    const path = join(site, name);
    if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
};
write('manifest.json', manifest);
write('areas.json', areas);
for (const name of readdirSync(site)) {
    if (!keep.has(name)) rmSync(join(site, name), { recursive: true });
}

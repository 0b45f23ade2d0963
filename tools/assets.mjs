// Gathers the pages' files in target/site: hashed names, compressed copies, and a manifest
// from the name that a file had to the name that it has.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const mode = process.argv[2] ?? 'release';
const site = 'target/site';
const front = `target/front/${mode}`;

const files = new Map();
files.set('rapport.wasm', readFileSync(`${front}/rapport_bg.wasm`));
files.set('rapport.js', readFileSync(`${front}/rapport.js`));
const order = readFileSync('style/order.txt', 'utf8').split('\n').filter(Boolean);
const unlisted = readdirSync('style').filter((f) => f.endsWith('.css') && !order.includes(f));
if (unlisted.length > 0) throw new Error(`style/order.txt does not name ${unlisted.join(', ')}`);
files.set('style.css', Buffer.from(order.map((f) => readFileSync(join('style', f), 'utf8')).join('\n')));
for (const name of readdirSync('public')) {
    if (statSync(join('public', name)).isFile()) files.set(name, readFileSync(join('public', name)));
}

// Files that did not change stay untouched, so that the server is not built again for nothing.
mkdirSync(site, { recursive: true });
const keep = new Set(['manifest.json']);
const put = (name, bytes) => {
    keep.add(name);
    const path = join(site, name);
    if (!existsSync(path)) writeFileSync(path, bytes);
};
const manifest = {};
for (const [name, bytes] of files) {
    const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
    const end = extname(name);
    const hashed = `${name.slice(0, name.length - end.length)}.${hash}${end}`;
    manifest[name] = hashed;
    put(hashed, bytes);
    if (mode !== 'release' || !/\.(js|css|svg|wasm|json|html)$/.test(name)) continue;
    for (const [suffix, compress] of [
        ['br', () => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } })],
        ['gz', () => gzipSync(bytes, { level: 9 })],
    ]) {
        const copy = `${hashed}.${suffix}`;
        keep.add(copy);
        if (!existsSync(join(site, copy))) put(copy, compress());
    }
}
const text = JSON.stringify(manifest, null, 2);
const path = join(site, 'manifest.json');
if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
for (const name of readdirSync(site)) {
    if (!keep.has(name)) rmSync(join(site, name), { recursive: true });
}

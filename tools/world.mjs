// Draws public/world.svg, the land of the earth, from Natural Earth's 1:110m data (public domain) as the npm
// package world-atlas carries it. Plate carrée: x is the longitude + 180, y is 90 - the latitude.
// Run it only to draw it anew: node tools/world.mjs
import { execSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const folder = resolve('target/tools/world');
execSync(`npm install --silent --no-fund --no-audit --prefix ${folder} world-atlas@2 topojson-client@3`);
const { feature } = createRequire(`${folder}/`)('topojson-client');
const world = JSON.parse(readFileSync(`${folder}/node_modules/world-atlas/land-110m.json`, 'utf8'));
const land = feature(world, world.objects.land);
const half = (n) => Math.round(n * 2) / 2;
let path = '';
for (const { geometry } of land.features ?? [land]) {
    const polygons = geometry.type === 'MultiPolygon' ? geometry.coordinates : [geometry.coordinates];
    for (const ring of polygons.flat()) {
        const points = ring.map(([longitude, latitude]) => [half(longitude + 180), half(90 - latitude)]);
        // Nobody's last visit came from Antarctica so far; without it the map is a third less high.
        if (Math.min(...points.map(([, y]) => y)) > 150) continue;
        const kept = points.filter(([x, y], n) => n === 0 || x !== points[n - 1][0] || y !== points[n - 1][1]);
        if (kept.length < 4) continue;
        const steps = kept.map(([x, y], n) => {
            const [fromX, fromY] = kept[n - 1] ?? [];
            // Across the date line a ring ends at one edge of the map and goes on at the other.
            if (n === 0 || Math.abs(x - fromX) > 180) return `${n === 0 ? '' : 'z'}M${x} ${y}`;
            return `l${x - fromX} ${y - fromY}`;
        });
        path += `${steps.join('').replaceAll(' -', '-')}z`;
    }
}
writeFileSync('public/world.svg', `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 150"><path id="land" d="${path}"/></svg>\n`);

// The count of segment_bench by DuckDB, on the same rows: node tools/duck.mjs FOLDER prints a line of the table.
// bin/bench installs DuckDB into target/tools/duckdb.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const require = createRequire(resolve('target/tools/duckdb/package.json'));
const { DuckDBInstance } = require('@duckdb/node-api');
const folder = process.argv[2];
const { now, found } = JSON.parse(readFileSync(join(folder, 'asked.json'), 'utf8'));
const db = await (await DuckDBInstance.create(':memory:')).connect();
for (const table of ['people', 'values', 'counts']) {
    await db.run(`create table "${table}" as select * from read_csv('${join(folder, table)}.csv', header = true)`);
}
const day = 86_400_000;
const count = `select count(*) from people
    where last_seen_at >= ${now - 120 * day + 1} and last_seen_at <= ${now} and coalesce(country_code, '') <> 'US'
    and id in (select person from "values" where attribute = 'seats' and number >= 30)
    and id in (select person from counts where event = 'Order completed' and times >= 2)`;
const times = [];
for (let n = 0; n < 15; n++) {
    const began = performance.now();
    const rows = await (await db.runAndReadAll(count)).getRows();
    times.push(performance.now() - began);
    if (Number(rows[0][0]) !== found) throw new Error(`DuckDB finds ${rows[0][0]}, not ${found}`);
}
times.sort((a, b) => a - b);
console.log(`| the same count by DuckDB ${(await (await db.runAndReadAll('select version()')).getRows())[0][0]}, in memory | median ${times[7].toFixed(1)} ms, p99 ${times[14].toFixed(1)} ms |`);

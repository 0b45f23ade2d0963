// A shop's purchases, by the command line on one engine and by the official Segment client on the other: nothing is
// lost, doubled or changed, though the importer is killed half way. RAPPORT_PURCHASES names a file; bin/soak does.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Analytics } from '@segment/analytics-node';
import { newTeammate, noErrors, program, ready, root, startBrowser, startServer } from './support.mjs';

const file = process.env.RAPPORT_PURCHASES ?? join(root, 'tests/data/purchases.csv');
const large = Boolean(process.env.RAPPORT_PURCHASES);
const purchases = readFileSync(file, 'utf8').trim().split('\n').slice(1).map((line) => line.split(','));
const cents = (text) => Math.round(Number(text) * 100);
const expected = {
    people: new Set(purchases.map(([customer]) => customer)).size,
    purchases: purchases.length,
    cents: purchases.reduce((sum, [, , , value]) => sum + cents(value), 0),
};
const title = `${expected.people} people, ${expected.purchases} purchases, $${(expected.cents / 100).toFixed(2)}`;

for (const postgres of [false, true]) {
    const engine = postgres ? 'PostgreSQL' : 'SQLite';

    test(`an import that is killed half way and started again: ${title}, ${engine}`, async () => {
        const server = await startServer({ postgres });
        const began = Date.now();
        const killed = await killedHalfWay(server);
        assert.ok(killed || !large, 'the import ended before it could be killed');
        const [, written, known] = server.run(...importing).match(/(\d+) rows written, (\d+) known before, 0 rejected/) ?? [];
        assert.equal(Number(written) + Number(known), expected.purchases);
        assert.ok(!killed || Number(known) > 0, 'what was written before the kill is known');
        await holds(server);
        console.log(`# ${engine}: the import was killed after ${known} rows and wrote ${written} then, in ${seconds(began)} s; ${title}`);
        // A third time changes nothing at all.
        assert.match(server.run(...importing), new RegExp(`^0 rows written, ${expected.purchases} known before, 0 rejected`));
        assert.equal(await server.stop(), 0);
    });

    test(`the official Segment client: ${title}, ${engine}`, async () => {
        const server = await startServer({ postgres });
        const began = Date.now();
        const failures = [];
        const analytics = new Analytics({ writeKey: server.keys.write_key, host: server.url, flushAt: 100, maxRetries: 5, httpRequestTimeout: 60_000 });
        analytics.on('error', (error) => failures.push(error));
        for (const [n, [customer, date, cds, value]] of purchases.entries()) {
            analytics.track({
                userId: customer,
                event: 'Purchase',
                timestamp: new Date(`${date}T00:00:00Z`),
                properties: { cds: Number(cds), value_usd: Number(value) },
            });
            if (n % 2_000 === 1_999) await analytics.flush();
        }
        await analytics.closeAndFlush({ timeout: 60_000 });
        assert.deepEqual(failures, []);
        await holds(server);
        console.log(`# ${engine}: the Segment client sent them in ${seconds(began)} s; ${title}`);
        assert.equal(await server.stop(), 0);
    });
}

const importing = ['import', 'events', file, '--map', 'customer_id=user_id,date=timestamp', '--event', 'Purchase', '--rejects', '/dev/null'];
const seconds = (began) => ((Date.now() - began) / 1000).toFixed(1);

/** Begins the import and kills it when half of the people are there; whether it was still at work. */
async function killedHalfWay(server) {
    const child = spawn(program, [...importing, '--database-url', server.database, '--log', 'warn'], { cwd: root, stdio: 'ignore' });
    const gone = new Promise((done) => child.once('exit', (_, signal) => done(signal)));
    let ended = false;
    gone.then(() => (ended = true));
    while (!ended && (await people(server)) < expected.people / 2) await new Promise((done) => setTimeout(done, large ? 100 : 5));
    child.kill('SIGKILL');
    return (await gone) === 'SIGKILL';
}

async function people(server) {
    const answer = await fetch(`${server.url}/api/contacts?per_page=1`, { headers: { authorization: `Bearer ${server.keys.api_token}` } });
    const body = await answer.json();
    assert.equal(answer.status, 200, JSON.stringify(body));
    return body.total_count;
}

/** The database holds the purchases: each, to the cent and the day, and the people who made them. */
async function holds(server) {
    assert.equal(await people(server), expected.people);
    const lines = server.run('export', 'events').trim().split('\n').slice(1);
    const found = lines.map((line) => {
        const [, customer, event, at, data] = line.match(/^([^,]+),,,([^,]+),([^,]+),"(.*)"$/) ?? assert.fail(line);
        const properties = JSON.parse(data.replaceAll('""', '"'));
        assert.equal(event, 'Purchase');
        return `${customer},${at.slice(0, 10)},${properties.cds},${cents(properties.value_usd)}`;
    });
    const wanted = purchases.map(([customer, date, cds, value]) => `${customer},${date},${Number(cds)},${cents(value)}`);
    assert.deepEqual(found.length, wanted.length);
    found.sort();
    wanted.sort();
    for (const [n, line] of wanted.entries()) assert.equal(found[n], line);
    await segmented(server);
    await built(server);
}

/** The same numbers from the builder, as somebody types the rule. */
async function built(server) {
    const by = new Map();
    for (const [customer, date] of purchases) by.set(customer, [...(by.get(customer) ?? []), date]);
    const all = [...by.values()];
    const within = (dates) => dates.filter((date) => date > '1997-01-31' && date < '1997-05-01').length;
    const cases = [
        [{ op: 'exactly', count: '2', when: ['after', '1997-01-31', 'before', '1997-05-01'] }, all.filter((dates) => within(dates) === 2)],
        [{ op: 'first', when: ['before', '1997-02-01'] }, all.filter((dates) => dates.some((date) => date < '1997-02-01'))],
        [{ op: 'last', when: ['after', '1997-05-31'] }, all.filter((dates) => dates.some((date) => date > '1997-05-31'))],
    ];
    const browser = await startBrowser();
    const page = await newTeammate(browser, server);
    for (const [{ op, count, when }, people] of cases) {
        await page.goto(`${server.url}/segments/new?of=contact`);
        await ready(page);
        await page.getByRole('button', { name: 'Remove this condition' }).click();
        await page.getByRole('button', { name: 'Add event' }).click();
        const row = page.locator('.rule-row');
        await row.getByLabel('Name of the event').fill('Purchase');
        await row.getByLabel('How often or when').selectOption(op);
        if (count) await row.getByLabel('Times', { exact: true }).fill(count);
        for (let n = 0; n < when.length; n += 2) {
            await row.getByLabel('When', { exact: true }).nth(n / 2).selectOption(when[n]);
            await row.getByLabel('Day', { exact: true }).nth(n / 2).fill(when[n + 1]);
        }
        await page.locator('.rule-look').getByText(`${people.length.toLocaleString('en')} people now`, { exact: true }).waitFor();
    }
    noErrors(page);
    await browser.close();
}

/** Rules over the purchases find whom a plain look at the file finds, before they are saved and after. */
async function segmented(server) {
    const by = new Map();
    for (const [customer, date, , value] of purchases) by.set(customer, [...(by.get(customer) ?? []), { date, value: Number(value) }]);
    const all = [...by.values()];
    const within = (list) => list.filter(({ date }) => date > '1997-01-31' && date < '1997-05-01').length;
    const after = (value) => ({ op: 'after', value });
    const before = (value) => ({ op: 'before', value });
    const event = (op, rest) => ({ event: 'Purchase', op, ...rest });
    const cases = [
        [event('exactly', { count: 1, when: [after('1997-01-31'), before('1997-05-01')] }), all.filter((list) => within(list) === 1)],
        [event('exactly', { count: 2, when: [after('1997-01-31'), before('1997-05-01')] }), all.filter((list) => within(list) === 2)],
        [event('first', { when: [before('1997-02-01')] }), all.filter((list) => list.some(({ date }) => date < '1997-02-01'))],
        [event('last', { when: [after('1997-05-31')] }), all.filter((list) => list.some(({ date }) => date > '1997-05-31'))],
        [event('at_least', { count: 2, metadata: [{ field: 'value_usd', op: 'at_least', value: 30 }] }), all.filter((list) => list.filter(({ value }) => value >= 30).length >= 2)],
        [{ not: event('at_most', { count: 3 }) }, all.filter((list) => list.length > 3)],
    ];
    const api = async (path, body) => {
        const headers = { authorization: `Bearer ${server.keys.api_token}`, 'content-type': 'application/json' };
        const answer = await fetch(`${server.url}/api${path}`, body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers });
        const found = await answer.json();
        assert.equal(answer.status, 200, JSON.stringify(found));
        return found;
    };
    const made = [];
    for (const [n, [rule, people]] of cases.entries()) {
        const whole = { version: 1, rule };
        assert.equal((await api('/segments/preview', { rule: whole })).count, people.length, JSON.stringify(rule));
        made.push([(await api('/segments', { name: `Case ${n}`, rule: whole })).id, people.length]);
    }
    for (const [id, wanted] of made) {
        let segment = await api(`/segments/${id}`);
        for (let tries = 0; !segment.filled && tries < 1_200; tries++) {
            await new Promise((done) => setTimeout(done, 100));
            segment = await api(`/segments/${id}`);
        }
        assert.equal(segment.count, wanted, JSON.stringify(segment.rule));
    }
}

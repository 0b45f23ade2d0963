// The server is killed between any two of its statements while what segments ask for changes: afterwards each has just those for
// whom its rule holds. RAPPORT_KILLS says how often on each engine (4 unless said); bin/soak asks for more.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chances, pause, startServer } from './support.mjs';

const kills = Number(process.env.RAPPORT_KILLS ?? 4);
const chance = chances(20_261_128);

const rules = {
    'On a plan': { field: 'custom_attributes.plan', op: 'is', value: 'pro' },
    'Not on it': { not: { field: 'custom_attributes.plan', op: 'is', value: 'pro' } },
    'Ordered twice': { event: 'Ordered', op: 'at_least', count: 2 },
    'Of a large company': { company: { field: 'size', op: 'greater', value: 50 } },
    'Much asked': { all: [{ field: 'email', op: 'has_any_value' }, { any: [{ event: 'Ordered', op: 'at_least', count: 1 }, { company: { field: 'name', op: 'contains', value: 'A' } }] }] },
};

/** Something that happens to one of sixty people or eight companies. */
function happens() {
    const [userId, groupId] = [`u${chance(60)}`, `c${chance(8)}`];
    return [
        { type: 'identify', userId, traits: { plan: ['pro', 'free', null][chance(3)], email: chance(2) ? `${userId}@example.com` : null } },
        { type: 'track', userId, event: 'Ordered', properties: { total: chance(90) } },
        { type: 'group', userId, groupId, traits: { name: `${'AB'[chance(2)]} ${groupId}`, employees: chance(100) } },
    ][chance(3)];
}

for (const postgres of [false, true]) {
    const engine = postgres ? 'PostgreSQL' : 'SQLite';
    test(`after ${kills} kills each segment has just those for whom its rule holds, ${engine}`, async () => {
        const server = await startServer({ postgres });
        const call = async (method, path, body) => {
            const headers = { authorization: `Bearer ${server.keys.api_token}`, 'content-type': 'application/json' };
            const answer = await fetch(`${server.url}/api${path}`, { method, headers, body: body && JSON.stringify(body) });
            const said = await answer.json();
            assert.equal(answer.status, 200, JSON.stringify(said));
            return said;
        };
        const headers = { authorization: `Basic ${Buffer.from(`${server.keys.write_key}:`).toString('base64')}`, 'content-type': 'application/json' };
        const send = () =>
            fetch(`${server.url}/v1/batch`, { method: 'POST', headers, body: JSON.stringify({ batch: Array.from({ length: 8 + chance(12) }, happens) }) })
                .then((answer) => answer.status === 200, () => false);
        // What rules name is there before they do.
        for (let sent = 0; sent < 5; sent++) assert.ok(await send());
        const segments = [];
        for (const [name, rule] of Object.entries(rules)) {
            const whole = { version: 1, rule };
            segments.push({ name, rule: whole, id: (await call('POST', '/segments', { name, rule: whole })).id });
        }
        let taken = 0;
        for (let kill = 0; kill < kills; kill++) {
            let on = true;
            const work = Array.from({ length: 4 }, async () => {
                while (on) if (await send()) taken++; else await pause(5);
            });
            const before = taken;
            await pause(50 + chance(900));
            for (let tries = 0; taken === before && tries < 2000; tries++) await pause(10);
            await server.kill();
            on = false;
            await Promise.all(work);
            await server.start();
        }
        // Who would come in and who would go, were each made anew: nobody, once all that was written is judged.
        const wrong = async () => {
            const seen = await Promise.all(segments.map(({ rule, id }) => call('POST', '/segments/preview', { rule, id })));
            const said = seen.map(({ count, enter, leave }, n) => [segments[n].name, count, enter.count, leave.count]);
            return { said, is: said.some(([, , enter, leave]) => enter + leave > 0) };
        };
        let now = await wrong();
        for (let tries = 0; now.is && tries < 300; tries++) {
            await pause(200);
            now = await wrong();
        }
        assert.ok(!now.is, `what is kept is not what is so (name, holds for, missing, too many): ${JSON.stringify(now.said)}`);
        for (const [n, { id, name }] of segments.entries()) {
            const { count } = await call('GET', `/segments/${id}?include_count=true`);
            assert.equal(count, now.said[n][1], name);
            assert.ok(count > 0, `${name} has somebody`);
        }
        console.log(`# ${engine}: ${kills} kills, ${taken} calls taken; ${now.said.map(([name, count]) => `${name} ${count}`).join(', ')}: as computed anew`);
        assert.equal(await server.stop(), 0, 'the server stops cleanly');
    });
}

// The server is killed while calls arrive: what it has answered for is there, once, and nothing is half there.
// RAPPORT_KILLS says how often on each engine (3 unless said); bin/soak asks for hundreds.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startServer } from './support.mjs';

const kills = Number(process.env.RAPPORT_KILLS ?? 3);
const senders = 8;
let state = 20_260_301;
const chance = (n) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % n;
};
const pause = (millis) => new Promise((done) => setTimeout(done, millis));

for (const postgres of [false, true]) {
    const engine = postgres ? 'PostgreSQL' : 'SQLite';
    test(`every acknowledged call is there once after ${kills} kills, ${engine}`, async () => {
        const server = await startServer({ postgres });
        const [acknowledged, calls] = [new Set(), []];
        const pending = Array(senders).fill(null);
        for (let kill = 0; kill < kills; kill++) {
            let on = true;
            const work = pending.map(async (_, n) => {
                while (on) {
                    // A call without an answer is sent again, in the next life of the server too.
                    if (!pending[n]) calls.push((pending[n] = { id: calls.length, size: 1 + chance(20) }));
                    const call = pending[n];
                    if (await send(server, call)) {
                        acknowledged.add(call);
                        pending[n] = null;
                    }
                }
            });
            await pause(100 + chance(700));
            await server.kill();
            on = false;
            await Promise.all(work);
            await server.start();
        }
        assert.ok(acknowledged.size > kills, `only ${acknowledged.size} requests were answered`);
        // Whoever lost an answer sends again what was taken: that changes nothing.
        for (const call of [...acknowledged].slice(-20)) assert.ok(await send(server, call));
        const found = new Map();
        for (const line of server.run('export', 'events').trim().split('\n').slice(1)) {
            const [id] = line.match(/k-\d+-\d+/) ?? [];
            assert.ok(id, line);
            found.set(id, (found.get(id) ?? 0) + 1);
        }
        for (const call of calls) {
            const there = events(call).map((event) => found.get(event.userId) ?? 0);
            const expected = acknowledged.has(call) ? 1 : there[0];
            assert.ok(expected <= 1 && there.every((n) => n === expected), `request ${call.id}: ${there}`);
        }
        for (const call of [...acknowledged].slice(0, 30)) await folded(server, events(call)[0].userId);
        assert.equal(await server.stop(), 0);
        console.log(`# ${engine}: ${kills} kills, ${acknowledged.size} of ${calls.length} requests acknowledged, their ${found.size} events there once`);
    });
}

/** Everyone does one thing, once. */
const events = ({ id, size }) =>
    Array.from({ length: size }, (_, n) => ({
        type: 'track',
        userId: `k-${id}-${n}`,
        event: 'Ordered',
        messageId: `k-${id}-${n}`,
        properties: { total: n },
    }));

/** Whether the server has answered that the call is taken. */
async function send(server, call) {
    const sent = fetch(`${server.url}/v1/batch`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`${server.keys.write_key}:`).toString('base64')}`, 'content-type': 'application/json' },
        body: JSON.stringify({ batch: events(call) }),
    });
    const answer = await sent.then(async (a) => [a.status, await a.text()]).catch(() => null);
    if (!answer) {
        await pause(5);
        return false;
    }
    assert.equal(answer[0], 200, answer[1]);
    return true;
}

/** The count that is kept of somebody's events agrees with the one that happened. */
async function folded(server, id) {
    const answer = await fetch(`${server.url}/api/events?type=user&user_id=${id}&summary=true`, {
        headers: { authorization: `Bearer ${server.keys.api_token}` },
    });
    const body = await answer.json();
    assert.deepEqual(body.events.map((event) => [event.name, event.count]), [['Ordered', 1]], id);
}

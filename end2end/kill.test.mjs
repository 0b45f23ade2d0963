// The server is killed while calls arrive: what it has answered for is there, once, and nothing is half there.
// RAPPORT_KILLS says how often on each engine (3 unless said), RAPPORT_LETTERS to how many an e-mail goes (300); bin/soak asks for more.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startMail } from './mail.mjs';
import { chances, pause, session, startServer } from './support.mjs';

const kills = Number(process.env.RAPPORT_KILLS ?? 3);
const letters = Number(process.env.RAPPORT_LETTERS ?? 300);
const senders = 8;
const chance = chances(20_260_301);

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
            const before = acknowledged.size;
            await pause(100 + chance(700));
            // Each of its lives is long enough that it answers, however slow the machine is.
            for (let tries = 0; acknowledged.size < before + 2 && tries < 2000; tries++) await pause(10);
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

for (const postgres of [false, true]) {
    const engine = postgres ? 'PostgreSQL' : 'SQLite';
    test(`a message to everybody of a company is said once to each, whatever is killed meanwhile, ${engine}`, async () => {
        const server = await startServer({ postgres });
        const people = 900;
        for (let first = 0; first < people; first += 100) {
            const batch = Array.from({ length: 100 }, (_, n) => ({ type: 'group', userId: `m-${first + n}`, groupId: 'acme', traits: { name: 'Acme' } }));
            const sent = await fetch(`${server.url}/v1/batch`, { method: 'POST', headers: { ...basic(server), 'content-type': 'application/json' }, body: JSON.stringify({ batch }) });
            assert.equal(sent.status, 200, await sent.text());
        }
        const { name, value } = await session(server);
        const cookie = { cookie: `${name}=${value}` };
        const list = await (await fetch(`${server.url}/companies`, { headers: cookie })).text();
        const [, company] = list.match(/\/companies\/(\d+)/);
        const press = () =>
            fetch(`${server.url}/do/message_people`, {
                method: 'POST',
                redirect: 'manual',
                headers: { ...cookie, origin: server.url, accept: 'text/html' },
                body: new URLSearchParams({ company, all: 'true', body: 'We will be away on Friday', client_id: 'away' }),
            }).then((answer) => answer.status, () => 0);
        const said = async () => {
            const answer = await api(server, 'conversations?per_page=1');
            return answer.total_count;
        };
        assert.equal(await press(), 302);
        let died = 0;
        for (; died < kills || (await said()) === 0; died++) {
            await pause(chance(250));
            await server.kill();
            await server.start();
            // Whoever saw no answer presses again: it is the same message.
            assert.equal(await press(), 302);
        }
        const until = Date.now() + 100_000;
        while ((await said()) < people && Date.now() < until) await pause(200);
        const owners = [];
        for (let after = ''; after !== null; ) {
            const page = await api(server, `conversations?per_page=150${after && `&starting_after=${after}`}`);
            owners.push(...page.conversations.map((one) => one.contacts.contacts[0].external_id));
            after = page.pages.next?.starting_after ?? null;
        }
        assert.equal(owners.length, people);
        assert.equal(new Set(owners).size, people);
        assert.equal(await server.stop(), 0);
        console.log(`# ${engine}: ${died} kills during a message to ${people} people, each of whom has it once`);
    });
}

for (const postgres of [false, true]) {
    const engine = postgres ? 'PostgreSQL' : 'SQLite';
    test(`an e-mail to ${letters} people reaches nobody twice, whatever is killed meanwhile, ${engine}`, async () => {
        const mail = await startMail({ slow: 2, keep: false });
        const server = await startServer({ postgres, more: mail.flags });
        // Of fifty, one is refused by the mail server, and one wants none.
        const refused = (n) => n % 50 === 7;
        const unwanted = (n) => n % 50 === 9;
        const count = (of) => Array.from({ length: letters }, (_, n) => n).filter(of).length;
        const one = (n) => ({ type: 'identify', userId: `l-${n}`, traits: { email: `${refused(n) ? 'refused' : 'l'}-${n}@example.com`, unsubscribed_from_emails: unwanted(n) } });
        for (let first = 0; first < letters; first += 100) {
            const batch = Array.from({ length: Math.min(100, letters - first) }, (_, n) => one(first + n));
            const sent = await fetch(`${server.url}/v1/batch`, { method: 'POST', headers: { ...basic(server), 'content-type': 'application/json' }, body: JSON.stringify({ batch }) });
            assert.equal(sent.status, 200, await sent.text());
        }
        const { name, value } = await session(server);
        const headers = { cookie: `${name}=${value}`, origin: server.url, accept: 'application/json' };
        const form = async (path, fields) => {
            const answer = await fetch(`${server.url}/do/${path}`, { method: 'POST', redirect: 'manual', headers, body: new URLSearchParams(fields) });
            const text = await answer.text();
            assert.ok(answer.status < 400, `${path}: ${text}`);
            return text;
        };
        const id = JSON.parse(await form('save_message', { name: 'News', channel: 'email', subject: 'News', body: 'Hi', whom: 'now' }));
        await form('change_message', { id, change: 'start', confirm: letters });
        const counts = async () => (await (await fetch(`${server.url}/do/message?id=${id}`, { headers })).json()).brief.counts;
        let died = 0;
        for (; died < kills; died++) {
            await pause(200 + chance(600));
            await server.kill();
            await server.start();
        }
        // What was being handed over is given up when its lease has ended.
        let now = await counts();
        const done = () => now.sent + now.unknown + now.failed + now.excluded;
        for (const until = Date.now() + 200_000 + letters * 20; now.waiting > 0 || done() < letters; now = await counts()) {
            assert.ok(Date.now() < until, JSON.stringify(now));
            await pause(500);
        }
        assert.deepEqual([done(), now.waiting, now.excluded], [letters, 0, count(unwanted)], JSON.stringify(now));
        // What a killed server was handing over is not known, also where it would have been refused.
        assert.ok(now.failed <= count(refused) && now.failed + now.unknown >= count(refused), JSON.stringify(now));
        const arrived = [...mail.counts.values()];
        assert.ok(arrived.every((n) => n === 1), 'nobody twice');
        assert.ok(arrived.length >= now.sent && arrived.length <= now.sent + now.unknown, `${arrived.length} arrived: ${JSON.stringify(now)}`);
        for (let n = 0; n < letters; n++) assert.ok(!unwanted(n) || !mail.counts.has(`l-${n}@example.com`), `l-${n} wants none`);
        // Of whom nobody knows is listed, with a button that sends it again.
        const page = await (await fetch(`${server.url}/outbound/${id}/unknown`, { headers: { cookie: headers.cookie } })).text();
        assert.equal((page.match(/>Send again</g) ?? []).length, Math.min(50, now.unknown));
        const [, contact] = page.match(/name="contact" value="(\d+)"/) ?? [];
        if (now.unknown > 0) {
            await form('send_again', { id, contact });
            let later = await counts();
            for (const until = Date.now() + 60_000; later.sent + later.failed === now.sent + now.failed; later = await counts()) {
                assert.ok(Date.now() < until, JSON.stringify(later));
                await pause(100);
            }
            assert.deepEqual([later.unknown, later.sent + later.failed], [now.unknown - 1, now.sent + now.failed + 1]);
        }
        assert.equal(await server.stop(), 0);
        await mail.stop();
        console.log(`# ${engine}: ${died} kills during an e-mail to ${letters} people: ${now.sent} sent, ${now.failed} refused, ${now.excluded} left out, ${now.unknown} unknown, ${arrived.length} arrived, nobody twice`);
    });
}

/** What REST answers. */
async function api(server, path) {
    const answer = await fetch(`${server.url}/api/${path}`, { headers: { authorization: `Bearer ${server.keys.api_token}` } });
    const body = await answer.json();
    assert.equal(answer.status, 200, JSON.stringify(body));
    return body;
}

const basic = (server) => ({ authorization: `Basic ${Buffer.from(`${server.keys.write_key}:`).toString('base64')}` });

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
        headers: { ...basic(server), 'content-type': 'application/json' },
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
    const body = await api(server, `events?type=user&user_id=${id}&summary=true`);
    assert.deepEqual(body.events.map((event) => [event.name, event.count]), [['Ordered', 1]], id);
}

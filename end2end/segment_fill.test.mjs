// The first filling of a segment of many: it is stopped, goes on, and comes to its end though the server is killed meanwhile.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessible, newTeammate, noErrors, none, picture, ready, send, startBrowser, startServer } from './support.mjs';

const many = 4_000;
let browser;
before(async () => {
    browser = await startBrowser();
});
after(() => browser?.close());

const api = async (server, method, path, body) => {
    const answer = await fetch(`${server.url}/api${path}`, {
        method,
        headers: { authorization: `Bearer ${server.keys.api_token}`, 'content-type': 'application/json' },
        body: body && JSON.stringify(body),
    });
    assert.equal(answer.status, 200, `${method} ${path}`);
    return answer.json();
};

for (const postgres of [false, true]) {
    test(`a filling is stopped, goes on and ends, with kills in between, ${postgres ? 'PostgreSQL' : 'SQLite'}`, async () => {
        const server = await startServer({ postgres });
        try {
            for (let from = 0; from < many; from += 500) {
                const batch = Array.from({ length: 500 }, (_, n) => ({
                    type: 'identify', userId: `u-${from + n}`, traits: { name: `Person ${from + n}`, seats: (from + n) % 4 },
                }));
                await send(server, 'batch', { batch });
            }
            const rule = { version: 1, rule: { field: 'custom_attributes.seats', op: 'is', value: 3 } };
            const segment = await api(server, 'POST', '/segments', { name: 'Three seats', person_type: 'user', rule });
            await api(server, 'PUT', `/segments/${segment.id}`, { paused: true });
            const page = await newTeammate(browser, server);
            await page.goto(`${server.url}/segments/${segment.id}`);
            await page.getByText(/^Stopped: \d+ of 4,000\./).waitFor();
            await ready(page);
            await picture(page, 'segment-stopped-1440-light');
            await accessible(page);
            await page.goto(`${server.url}/segments`);
            await page.locator('.segment').filter({ hasText: 'Three seats' }).getByText(/^Stopped: /).waitFor();
            await server.kill();
            await server.start();
            await page.goto(`${server.url}/segments/${segment.id}`);
            await page.getByText(/^Stopped: \d+ of 4,000\./).waitFor();
            const [stopped] = await Promise.all([api(server, 'GET', `/segments/${segment.id}`)]);
            assert.equal(stopped.filled, false, 'nobody went on with it');
            // The page stays, with what is being written in it.
            await ready(page);
            await page.getByPlaceholder('Name of the segment').fill('Three seats or so');
            await page.getByRole('button', { name: 'Go on' }).click();
            await page.getByText(/^Stopped: /).waitFor({ state: 'detached' });
            assert.equal(await page.getByPlaceholder('Name of the segment').inputValue(), 'Three seats or so');
            await server.kill();
            // Though the connection was lost once, the page asks no more often than it is watched.
            const asked = [];
            page.on('request', (request) => request.url().includes('/do/segment?') && asked.push(Date.now()));
            await server.start();
            for (let tries = 0; ; tries++) {
                const { filled, count } = await api(server, 'GET', `/segments/${segment.id}`);
                if (filled) {
                    assert.equal(count, many / 4);
                    break;
                }
                assert.ok(tries < 300, 'the filling comes to its end');
                await new Promise((done) => setTimeout(done, 100));
            }
            await page.locator('.segment-filling').waitFor({ state: 'detached' });
            const seconds = asked.length > 0 ? (asked.at(-1) - asked[0]) / 1000 : 0;
            assert.ok(asked.length <= 5 + seconds * 4, `asked ${asked.length} times in ${seconds} s`);
            await page.goto(`${server.url}/segments/${segment.id}`);
            await page.getByRole('link', { name: 'In it now: 1,000' }).waitFor();
            await none(page.locator('.segment-filling'));
            noErrors(page, /ERR_CONNECTION|WebSocket|Failed to load resource/);
            await page.context().close();
        } finally {
            await server.stop();
        }
    });
}

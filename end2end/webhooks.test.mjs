import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { holds, newTeammate, noErrors, picture, send, startBrowser, startServer } from './support.mjs';

let server;
let browser;
/** A program that is told, and what it was told. */
let program;
const told = [];
let status = 200;
before(async () => {
    server = await startServer({ more: ['--webhooks-private'] });
    browser = await startBrowser();
    program = createServer((request, response) => {
        let body = '';
        request.on('data', (part) => (body += part));
        request.on('end', () => {
            told.push({ headers: request.headers, body });
            response.writeHead(status).end('Thanks');
        });
    });
    await new Promise((done) => program.listen(0, '127.0.0.1', done));
});
after(async () => {
    program?.close();
    await browser?.close();
    assert.equal(await server?.stop(), 0, 'the server stops cleanly');
});

async function until(what, fits) {
    for (let tries = 0; tries < 100; tries++) {
        if (fits()) return;
        await new Promise((done) => setTimeout(done, 100));
    }
    assert.fail(`${what} did not come`);
}

test('an address of the own network is refused where the operator does not allow it', async () => {
    const strict = await startServer();
    for (const javaScript of [true, false]) {
        const page = await newTeammate(browser, strict, { javaScript });
        for (const url of [`http://127.0.0.1:${program.address().port}/`, 'https://10.1.2.3/hook', 'https://localhost/hook', 'https://169.254.169.254/latest']) {
            await page.goto(`${strict.url}/settings/webhooks`);
            await page.getByText('New webhook').click();
            await page.getByLabel('Address').first().fill(url);
            await page.getByRole('button', { name: 'Add webhook' }).click();
            await page.getByRole('alert').getByText('an address of the public internet').waitFor();
            assert.equal(await page.getByLabel('Address').first().inputValue(), url, 'it is there to be put right');
        }
        noErrors(page, /status of 400/);
        await page.context().close();
    }
    assert.equal(told.length, 0, 'nobody was called');
    assert.equal(await strict.stop(), 0);
});

for (const javaScript of [true, false]) {
    test(`an admin adds a webhook, tries it out, reads what it was told and deletes it, script ${javaScript}`, async () => {
        const page = await newTeammate(browser, server, { javaScript, phone: javaScript });
        const url = `http://127.0.0.1:${program.address().port}/hook-${javaScript}`;
        await page.goto(`${server.url}/settings/webhooks`);
        await page.getByText('New webhook').click();
        await page.getByLabel('Address').first().fill('ftp://example.com');
        await page.getByRole('button', { name: 'Add webhook' }).click();
        await page.getByRole('alert').getByText('begins with').waitFor();
        await page.getByLabel('Address').first().fill(url);
        await page.getByRole('button', { name: 'Add webhook' }).click();
        await page.getByText('It is shown this once').waitFor();
        const secret = await page.locator('.copy-line code').innerText();
        await page.getByRole('button', { name: 'Send a test' }).click();
        await until('the test', () => told.some(({ body }) => body.includes('"topic":"ping"')));
        const { headers, body } = told.find(({ body }) => body.includes('"topic":"ping"'));
        assert.equal(headers['x-hub-signature'], `sha1=${createHmac('sha1', secret).update(body).digest('hex')}`);
        const signed = createHmac('sha256', secret).update(`${headers['x-rapport-timestamp']}.${body}`).digest('hex');
        assert.equal(headers['x-rapport-signature'], `sha256=${signed}`);
        // That it was added is told too: were that refused, all else would wait behind it.
        await until('its own adding', () => told.some(({ body }) => body.includes('"topic":"workspace.updated"')));
        status = 500;
        await send(server, 'identify', { userId: `told-${javaScript}`, traits: { name: 'Told' } });
        await until('what happened', () => told.some(({ body }) => body.includes(`told-${javaScript}`)));
        if (!javaScript) await page.reload();
        await page.getByText('Failing', { exact: true }).waitFor();
        await page.getByText('Refused (500): tried again').first().waitFor();
        await picture(page, `webhooks-${javaScript ? '390-light' : '1440-light'}`, true);
        // Whoever has mended it does not wait for the next try.
        status = 200;
        told.length = 0;
        await page.getByRole('button', { name: 'Try now' }).click();
        await page.getByText('It is on its way again.').waitFor();
        await until('what was refused', () => told.some(({ body }) => body.includes(`told-${javaScript}`)));
        const running = page.getByText('Running', { exact: true });
        for (let tries = 0; !javaScript && tries < 20 && !(await running.isVisible()); tries++) await page.reload();
        await running.waitFor();
        // What was told can be told again: the same thing, signed anew, so that whoever refuses what is old takes it.
        const about = ({ body }) => body.includes(`told-${javaScript}`) && body.includes('"contact.user.created"');
        const before = told.find(about);
        await new Promise((done) => setTimeout(done, 1_100));
        const again = page.locator('tr').filter({ hasText: 'contact.user.created' }).getByRole('button', { name: 'Send again' });
        // The log folds by itself once nothing fails any more.
        const log = page.locator('details', { has: page.locator('summary', { hasText: 'What it was told' }) });
        await holds(async () => {
            if (!(await log.evaluate((details) => details.open))) await log.locator('summary').click();
            return again.isVisible();
        }, 'it can be sent again');
        told.length = 0;
        await again.click();
        await until('the same once more', () => told.some(about));
        const after = told.find(about);
        assert.equal(JSON.parse(after.body).id, JSON.parse(before.body).id);
        const stamp = after.headers['x-rapport-timestamp'];
        assert.ok(Number(stamp) > Number(before.headers['x-rapport-timestamp']), stamp);
        const anew = createHmac('sha256', secret).update(`${stamp}.${after.body}`).digest('hex');
        assert.equal(after.headers['x-rapport-signature'], `sha256=${anew}`);
        await page.getByRole('button', { name: 'Pause' }).click();
        await page.getByText('Leave out what happened meanwhile').click();
        await page.getByRole('button', { name: 'Go on' }).click();
        await page.getByText('Running', { exact: true }).waitFor();
        await page.getByRole('button', { name: 'Delete' }).click();
        await page.getByRole('button', { name: 'Undo' }).click();
        await page.getByText('It is back.').waitFor();
        await page.getByRole('button', { name: 'Delete' }).click();
        await page.getByText('Nothing is told yet.').waitFor();
        told.length = 0;
        noErrors(page, /status of 400/);
        await page.context().close();
    });
}

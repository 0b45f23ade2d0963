import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { becomes, live, newPage, newTeammate, noErrors, none, person, ready, send, signIn, startBrowser, startServer } from './support.mjs';

let server;
let restored;
let browser;
before(async () => {
    server = await startServer({ metrics: true });
    browser = await startBrowser();
    await send(server, 'identify', { userId: 'grace', traits: { name: 'Grace Hopper', email: 'grace@example.com' } });
});
after(async () => {
    await browser?.close();
    assert.equal(await restored?.stop(), 0, 'the restored server stops cleanly');
    assert.equal(await server?.stop(), 0, 'the server stops cleanly');
});

const open = async (page, at) => {
    await page.goto(`${at.url}/people`);
    await page.getByRole('link', { name: 'Grace Hopper' }).click();
    await page.getByRole('heading', { name: 'Grace Hopper' }).waitFor();
    await ready(page);
    await live(page);
};
const note = async (page, text) => {
    await page.getByLabel('New note').fill(text);
    await page.keyboard.press('Control+Enter');
    await page.locator('.notes .prose').getByText(text).waitFor();
};

test('what the team wrote is there again after a restore, and work goes on', async () => {
    const page = await newTeammate(browser, server);
    await open(page, server);
    await note(page, 'Likes short answers');
    const file = join(server.folder, 'rapport.backup');
    assert.match(server.run('backup', file), /tables, \d+ rows and 0 files in/);
    await note(page, 'Written after the backup');
    noErrors(page);

    restored = await startServer({ backup: file });
    const again = await newPage(browser);
    await signIn(again, restored);
    await again.waitForURL(/\/people/);
    await open(again, restored);
    await again.locator('.notes .prose').getByText('Likes short answers').waitFor();
    assert.equal(await again.getByText('Written after the backup').count(), 0);
    await note(again, 'Written in the copy');
    noErrors(again);
});

test('a teammate who forgot the password gets another one at the command line', async () => {
    const page = await newPage(browser);
    await signIn(page, restored);
    await page.waitForURL(/\/people/);
    const file = join(restored.folder, 'another');
    writeFileSync(file, 'another long password\n');
    // The one of the first server came with the backup.
    const said = restored.run('admin', 'reset-password', '--email', person.email, '--password-file', file);
    assert.match(said, /has a new password, and 3 sessions have ended/);
    await page.goto(`${restored.url}/people`);
    await page.waitForURL(/\/sign-in/);
    await signIn(page, restored, 'another long password');
    await page.waitForURL(/\/people/);
    await page.goto(`${restored.url}/settings/audit`);
    await page.getByRole('list', { name: 'Changes' }).getByText('The operator · Reset a password').waitFor();
    noErrors(page);
});

test('what the command line did is found in the audit log by the name that it has there, with and without JavaScript', async () => {
    const password = 'another long password';
    for (const [javaScript, phone] of [[true, false], [false, true]]) {
        const page = await newPage(browser, { javaScript, phone });
        await signIn(page, restored, password);
        await page.waitForURL(/\/people/);
        const changes = page.getByRole('list', { name: 'Changes' });
        const ask = async (label, choice) => {
            await page.getByLabel(label, { exact: true }).selectOption(choice);
            await page.getByRole('button', { name: 'Show' }).click();
        };
        await page.goto(`${restored.url}/settings/audit`);
        await ask('Who', 'The operator');
        await page.waitForURL(/who=operator/);
        await changes.getByText('The operator · Reset a password').waitFor();
        await none(changes.getByText('Ada Lovelace ·'));
        await becomes(() => page.getByLabel('Who', { exact: true }).inputValue(), 'operator');
        await ask('What', 'Made a team');
        await page.getByText('Nothing found').waitFor();
        await page.getByRole('link', { name: 'Show every change' }).click();
        await page.waitForURL(/\/settings\/audit$/);
        await changes.getByText('Reset a password').first().waitFor();

        // An address that means nobody says so, and shows nobody's changes in their place.
        await page.goto(`${restored.url}/settings/audit?who=9007199254740000`);
        await page.getByText('Nothing found').waitFor();
        await none(changes.getByRole('listitem'));
        await page.goto(`${restored.url}/settings/audit?who=grace`);
        await page.getByRole('alert').filter({ hasText: 'Choose somebody from the list' }).waitFor();
        await none(changes);
        await page.getByRole('link', { name: 'Show every change' }).click();
        await changes.getByText('Reset a password').first().waitFor();
        noErrors(page, /status of 400/);
        await page.context().close();
    }
});

test('an operator reads what the server counts, at an address of its own', async () => {
    const read = async () => {
        const answer = await fetch(server.metrics);
        assert.equal(answer.status, 200);
        assert.match(answer.headers.get('content-type'), /^text\/plain; version=0\.0\.4/);
        return answer.text();
    };
    const value = (text, name) => Number(text.split('\n').find((line) => line.startsWith(`${name} `))?.split(' ').at(-1) ?? 0);
    const others = value(await read(), 'rapport_live_tabs');
    const page = await newTeammate(browser, server);
    await open(page, server);
    const before = await read();
    assert.equal(value(before, 'rapport_live_tabs'), others + 1);
    assert.match(before, /rapport_http_request_seconds_count\{method="GET",route="\/people",status="200"\} [1-9]/);
    assert.ok(!before.includes('Grace'), 'nobody is named');
    await send(server, 'track', { userId: 'grace', event: 'Counted' });
    assert.equal(value(await read(), 'rapport_tracking_calls_total'), value(before, 'rapport_tracking_calls_total') + 1);
    await page.context().close();
    for (let tries = 0; value(await read(), 'rapport_live_tabs') > others; tries++) {
        assert.ok(tries < 50, 'the tab is gone');
        await new Promise((done) => setTimeout(done, 100));
    }
    assert.equal((await fetch(`${server.url}/metrics`, { redirect: 'manual' })).status, 303, 'not where customers come');
});

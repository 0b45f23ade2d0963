import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { becomes, newPage, newTeammate, noErrors, picture, ready, send, signIn, startBrowser, startServer } from './support.mjs';

let server;
let browser;
before(async () => {
    server = await startServer();
    browser = await startBrowser();
});
after(async () => {
    await browser?.close();
    assert.equal(await server?.stop(), 0, 'the server stops cleanly');
});

const sizes = [
    { javaScript: true, phone: false, dark: false, size: '1440-light' },
    { javaScript: false, phone: true, dark: true, size: '390-dark' },
    { javaScript: true, phone: true, dark: false, size: '390-light' },
    { javaScript: false, phone: false, dark: true, size: '1440-dark' },
];

/** What an app for codes shows for a key (RFC 6238), some steps of 30 seconds from now. */
function codeOf(key, steps = 0) {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
    const bits = [...key.replaceAll(' ', '')].map((letter) => letters.indexOf(letter).toString(2).padStart(5, '0')).join('');
    const bytes = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
    const hash = createHmac('sha1', bytes).update(counter).digest();
    const at = hash[19] & 15;
    return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

const everything = (page, name) => picture(page, name, true);

test('a teammate switches two-step sign-in on, signs in with a code and with a recovery code, and switches it off', async () => {
    for (const { size, ...options } of sizes.slice(0, 2)) {
        // Of its own, because codes are held back after five.
        const server = await startServer();
        const page = await newPage(browser, options);
        await signIn(page, server);
        await page.waitForURL(/people/);
        await page.goto(`${server.url}/settings/account`);
        await page.getByRole('button', { name: 'Set it up' }).click();
        await page.getByText('Nothing changes until it fits').waitFor();
        const key = await page.locator('.steps code').innerText();
        await everything(page, `second-step-${size}`);
        await page.getByLabel('Code', { exact: true }).fill('000000');
        await page.getByRole('button', { name: 'Switch it on' }).click();
        await page.getByRole('alert').filter({ hasText: 'This code is wrong' }).waitFor();
        assert.equal(await page.locator('.steps code').innerText(), key, 'the key stays');
        await page.getByLabel('Code', { exact: true }).fill(codeOf(key));
        await page.getByRole('button', { name: 'Switch it on' }).click();
        await page.getByText('Two-step sign-in is on.').waitFor();
        await becomes(() => page.locator('.codes code').count(), 10);
        const codes = await page.locator('.codes code').allInnerTexts();
        await everything(page, `recovery-codes-${size}`);
        await page.reload();
        assert.equal(await page.locator('.codes').count(), 0, 'they are shown once');

        await page.getByRole('button', { name: 'Sign out', exact: true }).first().click();
        await signIn(page, server);
        await page.getByRole('heading', { name: 'Your code' }).waitFor();
        await page.goto(`${server.url}/people`);
        await page.getByRole('heading', { name: 'Sign in' }).waitFor();
        await signIn(page, server);
        await page.getByLabel('Code from your app').fill('123');
        await page.getByRole('button', { name: 'Sign in' }).click();
        await page.getByRole('alert').filter({ hasText: 'This code is wrong' }).waitFor();
        await picture(page, `code-${size}`);
        // The next one, because each works once.
        await page.getByLabel('Code from your app').fill(codeOf(key, 1));
        await page.getByRole('button', { name: 'Sign in' }).click();
        await page.waitForURL(/people/);

        const other = await newPage(browser, options);
        await signIn(other, server);
        await other.getByLabel('Code from your app').fill(codes[0]);
        await other.getByRole('button', { name: 'Sign in' }).click();
        await other.waitForURL(/people/);
        await page.goto(`${server.url}/settings/account`);
        await page.getByText('9 recovery codes are left').waitFor();
        await page.locator('.team-row', { hasText: 'This browser' }).waitFor();
        await everything(page, `account-${size}`);
        const rows = page.getByRole('list', { name: 'Sessions' }).locator('.team-row');
        const before = await rows.count();
        await rows.getByRole('button').first().click();
        await page.waitForURL(/account/);
        await page.waitForFunction((n) => document.querySelectorAll('[aria-label=Sessions] .team-row').length === n - 1, before);
        await other.goto(`${server.url}/people`);
        await other.getByRole('heading', { name: 'Sign in' }).waitFor();

        await page.getByText('Switch off', { exact: true }).click();
        const off = page.locator('form[action="/do/switch_off_second_step"]');
        await off.getByLabel('Your password').fill('wrong');
        await off.getByRole('button').click();
        await off.getByRole('alert').filter({ hasText: 'not your current' }).waitFor();
        await off.getByLabel('Your password').fill('correct horse battery');
        await off.getByRole('button').click();
        await page.getByText('Two-step sign-in is off.').waitFor();
        // Who signs out may have asked something a moment before; whose session was ended is told so, by the socket or by
        // whichever question comes first.
        noErrors(page, /WebSocket|status of 401/);
        noErrors(other, /WebSocket|status of 401/);
        await page.context().close();
        await other.context().close();
        assert.equal(await server.stop(), 0);
    }
});

test('who forgot the password reads how to get a new one', async () => {
    for (const { size, ...options } of sizes.slice(0, 2)) {
        const page = await newPage(browser, options);
        await page.goto(`${server.url}/sign-in`);
        await picture(page, `sign-in-${size}`);
        await page.getByRole('link', { name: 'Forgotten password' }).click();
        await page.getByText('rapport admin reset-password').waitFor();
        await picture(page, `forgot-${size}`);
        await page.goto(`${server.url}/reset-password/old`);
        await page.getByText('This link cannot be used').waitFor();
        noErrors(page, /status of 404/);
        await page.context().close();
    }
});

test('an admin describes data, archives it and brings it back', async () => {
    await send(server, 'identify', { userId: 'u-1', traits: { name: 'Grace Hopper', mrr: 120, beta: true } });
    await send(server, 'group', { userId: 'u-1', groupId: 'navy', traits: { name: 'US Navy', tier: 'gold' } });
    for (const { size, ...options } of sizes) {
        const page = await newTeammate(browser, server, options);
        await page.goto(`${server.url}/settings/data`);
        if (options.javaScript) await ready(page);
        const row = () => page.getByRole('list', { name: 'People' }).locator('.team-row', { has: page.locator('text=/^mrr$|Revenue/').first() }).first();
        await row().getByText('1 person').waitFor();
        await row().locator('summary').click();
        await row().getByLabel('Label').fill('Revenue');
        await row().getByLabel('Description').fill('Paid each month, in dollars');
        await row().getByLabel('Teammates, on a profile').uncheck();
        await everything(page, `data-edit-${size}`);
        await row().getByRole('button', { name: 'Save' }).click();
        await page.getByText('mrr · written by your product').waitFor();
        await row().getByRole('button', { name: 'Archive' }).click();
        await page.getByRole('heading', { name: 'Archived' }).waitFor();
        await everything(page, `data-${size}`);
        await page.goto(`${server.url}/people`);
        await page.getByRole('link', { name: 'Grace Hopper' }).click();
        await page.getByRole('heading', { name: 'Grace Hopper' }).waitFor();
        assert.equal(await page.getByText('Revenue').count(), 0, 'it left the profile');
        await page.goto(`${server.url}/settings/data`);
        if (options.javaScript) await ready(page);
        await page.getByRole('button', { name: 'Bring back' }).click();
        await row().getByText('Revenue').waitFor();
        await page.getByText('New attribute').click();
        await page.getByLabel('Name, as your product').fill('email');
        await page.getByRole('button', { name: 'Make it' }).click();
        await page.getByRole('alert').filter({ hasText: 'has this already' }).waitFor();
        assert.equal(await page.getByLabel('Name, as your product').inputValue(), 'email', 'nothing is lost');
        await page.getByLabel('Name, as your product').fill(`seats-${size}`);
        await page.getByLabel('Type').selectOption('Whole number');
        await page.getByRole('button', { name: 'Make it' }).click();
        await page.getByRole('list', { name: 'People' }).locator('strong', { hasText: `seats-${size}` }).waitFor();
        noErrors(page, /status of 400/);
        await page.context().close();
    }
});

test('an admin makes a key for a purpose, sees that it is used, and revokes it; the workspace gets another name and zone', async () => {
    for (const { size, ...options } of sizes) {
        const page = await newTeammate(browser, server, options);
        await page.goto(`${server.url}/settings/keys`);
        await page.getByLabel('What the key is for').fill(`Shop ${size}`);
        await page.getByRole('button', { name: 'Make a key' }).click();
        const key = await page.locator('.notice code').innerText();
        assert.match(key, /^wk_/);
        await everything(page, `keys-made-${size}`);
        await send({ ...server, keys: { write_key: key } }, 'identify', { userId: 'u-2' });
        await page.reload();
        assert.equal(await page.getByText(key).count(), 0, 'it was shown once');
        const row = page.locator('.team-row', { hasText: `Shop ${size}` });
        await row.getByText('used').waitFor();
        await row.locator('summary').click();
        await row.getByLabel('its last four characters').fill('nope');
        await row.getByRole('button', { name: 'Revoke the key' }).click();
        await row.getByRole('alert').filter({ hasText: key.slice(-4) }).waitFor();
        await row.getByLabel('its last four characters').fill(key.slice(-4));
        await everything(page, `keys-${size}`);
        await row.getByRole('button', { name: 'Revoke the key' }).click();
        await row.waitFor({ state: 'detached' });
        const refused = await fetch(`${server.url}/v1/identify`, { method: 'POST', body: JSON.stringify({ writeKey: key, userId: 'u-3' }) });
        assert.equal(refused.status, 401);

        await page.goto(`${server.url}/settings/workspace`);
        await page.getByLabel('Time zone').fill('Nowhere');
        await page.getByLabel('Name').fill('Difference Engines');
        await page.getByRole('button', { name: 'Save' }).click();
        await page.getByRole('alert').filter({ hasText: 'Choose a time zone' }).waitFor();
        assert.equal(await page.getByLabel('Name').inputValue(), 'Difference Engines', 'nothing is lost');
        await page.getByLabel('Time zone').fill('Asia/Tokyo');
        await page.getByRole('button', { name: 'Save' }).click();
        await page.getByText('Saved.').waitFor();
        await picture(page, `workspace-${size}`);
        await page.getByLabel('Name').fill('Analytical Engines');
        await page.getByLabel('Time zone').fill('UTC');
        // That something was saved stands there from before.
        await Promise.all([page.waitForResponse((answer) => answer.request().method() === 'POST'), page.getByRole('button', { name: 'Save' }).click()]);
        await page.getByText('Saved.').waitFor();
        noErrors(page);
        await page.context().close();
    }
});

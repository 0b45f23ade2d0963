import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { live, newPage, noErrors, picture, send, startBrowser, startServer } from './support.mjs';

let browser;
before(async () => {
    browser = await startBrowser();
});
after(async () => {
    await browser?.close();
});

test('an empty installation asks for a workspace, shows its keys once, and sees the first data arrive', async () => {
    for (const [javaScript, phone, dark] of [[true, false, false], [false, true, true]]) {
        const server = await startServer({ empty: true });
        const page = await newPage(browser, { javaScript, phone, dark });
        const size = phone ? '390-dark' : '1440-light';
        await page.goto(`${server.url}/people`);
        await page.getByRole('heading', { name: 'Create your workspace' }).waitFor();
        await picture(page, `start-${size}`);
        await page.getByLabel('Name of your team').fill('Analytical Engines');
        await page.getByLabel('Your name').fill('Ada Lovelace');
        await page.getByLabel('E-mail address').fill('ada@example');
        await page.getByLabel('Password').fill('correct horse battery');
        await page.getByRole('button', { name: 'Create the workspace' }).click();
        await page.getByRole('heading', { name: 'Send data' }).waitFor();
        const key = await page.locator('dd', { hasText: 'wk_' }).locator('code').innerText();
        assert.ok((await page.locator('.snippet pre').first().innerText()).includes(key), 'the snippets hold the key');
        await page.getByText('Waiting for the first data').waitFor();
        if (javaScript) await live(page);
        await picture(page, `install-${size}`);
        await send({ ...server, keys: { write_key: key } }, 'identify', { userId: 'u-1', traits: { name: 'Grace Hopper' } });
        if (!javaScript) await page.reload();
        await page.getByText('Data has arrived').waitFor();
        await page.reload();
        assert.equal(await page.getByText(key).count(), 0, 'the key was shown once');
        await page.getByRole('button', { name: 'Make another write key' }).click();
        await page.locator('dd', { hasText: 'wk_' }).waitFor();
        await page.goto(`${server.url}/start`);
        await page.waitForURL((url) => url.pathname !== '/start');
        noErrors(page);
        await page.context().close();
        assert.equal(await server.stop(), 0);
    }
});

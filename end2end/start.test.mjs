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

test('a new workspace can be filled with made-up customers, once', async () => {
    for (const [javaScript, phone, dark] of [[true, false, false], [false, true, true]]) {
        const server = await startServer({ empty: true });
        const page = await newPage(browser, { javaScript, phone, dark });
        const size = phone ? '390-dark' : '1440-light';
        await page.goto(`${server.url}/start`);
        await page.getByLabel('Name of your team').fill('Analytical Engines');
        await page.getByLabel('Your name').fill('Ada Lovelace');
        await page.getByLabel('E-mail address').fill('ada@example.com');
        await page.getByLabel('Password').fill('correct horse battery');
        await page.getByRole('button', { name: 'Create it with made-up customers' }).click();
        await page.getByRole('heading', { name: 'Send data' }).waitFor();
        const progress = page.getByText(/Making up customers: [\d,]+ of 2,000 people/);
        const done = page.getByText('Making up customers: done').first();
        for (let tries = 0; !javaScript && !(await progress.or(done).count()); tries++) {
            assert.ok(tries < 40, 'the page shows how far it is');
            await page.waitForTimeout(250);
            await page.reload();
        }
        await progress.or(done).first().waitFor();
        await picture(page, `demo-progress-${size}`);
        for (let tries = 0; !javaScript && !(await done.count()); tries++) {
            assert.ok(tries < 240, 'it ends');
            await page.waitForTimeout(500);
            await page.reload();
        }
        await done.waitFor({ timeout: 120_000 });
        await page.getByText('Waiting for the first data').waitFor();
        await page.goto(`${server.url}/people`);
        await page.getByText('2,000 people').first().waitFor();
        await picture(page, `demo-people-${size}`);
        await page.goto(`${server.url}/people?find=vogel`);
        await page.locator('tbody a').first().click();
        await page.getByRole('heading', { name: /Vogel/ }).waitFor();
        await picture(page, `demo-profile-${size}`);
        await page.goto(`${server.url}/inbox`);
        await page.locator('main a[href*="/inbox/"]').first().click();
        await page.waitForURL(/inbox\/\d+/);
        await picture(page, `demo-inbox-${size}`);
        assert.match(server.run('demo'), /2000 made-up people already. Nothing was changed/);
        noErrors(page);
        await page.context().close();
        assert.equal(await server.stop(), 0);
    }
});

test('the command line fills an empty installation, and says how to sign in', async () => {
    const server = await startServer({ empty: true });
    const said = server.run('demo', '--people', '40', '--events', '100');
    const [, email, password] = said.match(/Sign in as (\S+) with the password (\S+)/) ?? assert.fail(said);
    assert.match(said, /40 people in 3 companies, 100 events and 60 conversations/);
    const again = server.run('demo');
    assert.match(again, /40 made-up people already. Nothing was changed/);
    const page = await newPage(browser);
    await page.goto(`${server.url}/sign-in`);
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL((url) => url.pathname !== '/sign-in');
    await page.goto(`${server.url}/people`);
    await page.getByText('40 people').first().waitFor();
    noErrors(page);
    await page.context().close();
    assert.equal(await server.stop(), 0);
});

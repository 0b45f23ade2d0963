import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { live, newPage, newTab, newTeammate, noErrors, picture, send, signIn, startBrowser, startServer } from './support.mjs';

let server;
let browser;
before(async () => {
    server = await startServer();
    browser = await startBrowser();
    const traits = { name: 'Grace Hopper', email: 'grace@example.com', plan: 'pro', seats: 12 };
    await send(server, 'identify', { userId: 'grace', traits });
    for (const total of [12.5, 12.5, 80]) {
        await send(server, 'track', { userId: 'grace', event: 'Order completed', properties: { total, currency: 'USD' } });
    }
    await send(server, 'track', { userId: 'grace', event: 'Signed in', timestamp: '2025-03-01T12:00:00Z' });
    await send(server, 'identify', { userId: 'noor', traits: { name: 'نور الدين 🙂', email: 'noor@example.com' } });
});
after(async () => {
    await browser?.close();
    assert.equal(await server?.stop(), 0, 'the server stops cleanly');
});

const open = async (page, name = 'Grace Hopper') => {
    await page.goto(`${server.url}/people`);
    await page.getByRole('link', { name }).click();
    await page.getByRole('heading', { name }).waitFor();
};

test('a wrong password is told, keeps the address, and the right one leads to the people', async () => {
    for (const javaScript of [true, false]) {
        const page = await newPage(browser, { javaScript });
        await signIn(page, server, 'not the password');
        await page.getByRole('alert').filter({ hasText: 'do not fit' }).waitFor();
        assert.equal(await page.getByLabel('E-mail address').inputValue(), 'ada@example.com');
        assert.equal(await page.getByLabel('Password').inputValue(), '');
        await signIn(page, server);
        await page.getByRole('heading', { name: 'People' }).waitFor();
        noErrors(page);
        await page.context().close();
    }
});

test('without signing in there is only the sign-in page, and it leads back', async () => {
    const page = await newPage(browser);
    await page.goto(`${server.url}/people?find=grace`);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await picture(page, 'sign-in-1440-light');
    await page.getByLabel('E-mail address').fill('ada@example.com');
    await page.getByLabel('Password').fill('correct horse battery');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: 'Grace Hopper' }).waitFor();
    assert.equal(await page.getByRole('link', { name: 'نور' }).count(), 0);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    noErrors(page);
    await page.context().close();
});

test('a profile says who this is and what they did, on every screen', async () => {
    for (const phone of [false, true]) {
        for (const dark of [false, true]) {
            const page = await newTeammate(browser, server, { phone, dark });
            await page.goto(`${server.url}/people`);
            const name = `${phone ? 390 : 1440}-${dark ? 'dark' : 'light'}`;
            await live(page);
            await picture(page, `people-${name}`);
            await open(page);
            await page.getByText('Order completed').first().waitFor();
            await picture(page, `profile-${name}`);
            await page.getByText('and 2 more').click();
            assert.equal(await page.getByText('12.5').count(), 2);
            if (phone) {
                await page.getByRole('link', { name: 'Facts' }).click();
            }
            await page.getByText('seats').locator('visible=true').first().waitFor();
            await picture(page, `facts-${name}`);
            const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
            assert.equal(wide, false, 'nothing is wider than the screen');
            noErrors(page);
            await page.context().close();
        }
    }
});

test('an event in the list leads to its occurrences', async () => {
    const page = await newTeammate(browser, server);
    await open(page);
    await page.getByRole('link', { name: 'Signed in' }).click();
    await page.getByRole('heading', { name: 'Saturday 1 March 2025' }).waitFor();
    await page.waitForFunction(() => document.querySelectorAll('.entry').length === 1);
    noErrors(page);
    await page.context().close();
});

test('a tag added without JavaScript is seen in a second tab at once', async () => {
    const plain = await newTeammate(browser, server, { javaScript: false });
    await open(plain);
    const watching = await newTeammate(browser, server);
    await open(watching);
    await live(watching);
    await plain.getByLabel('New tag').fill('big spender');
    await plain.getByRole('button', { name: 'Add' }).click();
    await plain.getByRole('list', { name: 'Tags' }).getByText('big spender').waitFor();
    await watching.getByRole('list', { name: 'Tags' }).getByText('big spender').waitFor({ timeout: 5_000 });
    await watching.getByText('Ada Lovelace added the tag').waitFor();

    await plain.getByLabel('New tag').fill('   ');
    await plain.getByRole('button', { name: 'Add' }).click();
    await plain.getByRole('alert').filter({ hasText: 'Write the tag' }).waitFor();
    await plain.reload();
    assert.equal(await plain.getByRole('alert').count(), 0, 'a message is shown once');

    await watching.getByRole('button', { name: 'Remove the tag big spender' }).click();
    await watching.getByRole('list', { name: 'Tags' }).getByText('big spender').waitFor({ state: 'detached' });
    await watching.getByText('Ada Lovelace removed the tag').waitFor();
    noErrors(plain);
    noErrors(watching);
    await plain.context().close();
    await watching.context().close();
});

test('two tabs stay true to each other, also across a restart of the server', async () => {
    const one = await newTeammate(browser, server);
    await open(one, 'نور');
    await live(one);
    const two = await newTab(one);
    await open(two, 'نور');
    await live(two);
    await one.getByLabel('New tag').fill('مهم');
    await one.keyboard.press('Enter');
    await two.getByRole('list', { name: 'Tags' }).getByText('مهم').waitFor({ timeout: 5_000 });
    assert.equal(await one.getByLabel('New tag').inputValue(), '', 'the field is ready for the next tag');

    await server.halt();
    await two.getByText('Connection lost').waitFor();
    await server.start();
    await send(server, 'track', { userId: 'noor', event: 'Came back' });
    await two.locator('.stream').getByText('Came back').waitFor({ timeout: 20_000 });
    await two.getByText('Connection lost').waitFor({ state: 'hidden' });
    const expected = (text) => !/WebSocket|ERR_|Failed to load/.test(text);
    assert.deepEqual([...one.errors, ...two.errors].filter(expected), []);
    await one.context().close();
});

test('an address without a page, and a person who is not there, say so', async () => {
    const page = await newTeammate(browser, server);
    for (const path of ['/contacts/999999', '/contacts/x', '/nothing']) {
        const answer = await page.goto(server.url + path);
        assert.equal(answer.status(), 404, path);
        await page.getByRole('link', { name: 'All people' }).waitFor();
    }
    await page.context().close();
});

// Messages that go out by themselves, without a script: written, refused, previewed, started, counted.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newTeammate, noErrors, picture, send, startBrowser, startServer } from './support.mjs';

let server;
let browser;
before(async () => {
    server = await startServer();
    browser = await startBrowser();
    for (const [id, name] of [['grace', 'Grace Hopper'], ['alan', 'Alan Turing'], ['rtl', 'فاطمة الفهرية 🚀']]) {
        await send(server, 'identify', { userId: id, traits: { name, email: `${id}@example.com`, plan: 'pro' } });
    }
});
after(async () => {
    await browser?.close();
    assert.equal(await server?.stop(), 0, 'the server stops cleanly');
});

const count = (page, which) => page.locator(`.message-counts [data-which=${which}] strong`);

test('without JavaScript a message is written, refused with all that was typed, and started', async () => {
    const page = await newTeammate(browser, server, { javaScript: false, phone: true });
    await page.goto(`${server.url}/outbound/new`);
    await page.getByText('E-mail is not set up').waitFor();
    await page.getByLabel('Name, for the team').fill('Everyone');
    await page.getByLabel('Message, in Markdown').fill('Hi {{ nobody }}');
    await page.getByLabel('Only those who match now').check();
    await page.getByRole('button', { name: 'Save draft' }).click();
    await page.getByRole('alert').getByText('Line 1, column 4').waitFor();
    assert.equal(await page.getByLabel('Message, in Markdown').inputValue(), 'Hi {{ nobody }}');
    assert.ok(await page.getByLabel('Only those who match now').isChecked());
    await page.getByLabel('Message, in Markdown').fill('Hi {{ first_name }}');
    // A condition comes and goes, and the preview is shown, without losing what was typed.
    await page.getByRole('button', { name: 'Add condition' }).click();
    assert.equal(await page.locator('.rule-row').count(), 1);
    await page.getByRole('button', { name: /^Remove/ }).click();
    assert.equal(await page.locator('.rule-row').count(), 0);
    await page.getByPlaceholder('E-mail or user id of anyone').fill('alan');
    await page.getByRole('button', { name: 'Show the preview' }).click();
    await page.locator('.preview').getByText('Hi Alan').waitFor();
    await page.getByRole('button', { name: 'Save draft' }).click();
    await page.getByText('Start…').click();
    await page.getByLabel(/Type their number/).fill('2');
    await page.getByRole('button', { name: 'Start sending' }).click();
    await page.getByRole('alert').getByText('type their number, 3', { exact: false }).waitFor();
    await page.getByLabel(/Type their number/).fill('3');
    await page.getByRole('button', { name: 'Start sending' }).click();
    await page.getByText('Running').first().waitFor();
    for (let tries = 0; tries < 50 && (await count(page, 'sent').innerText()) !== '3'; tries++) {
        await new Promise((done) => setTimeout(done, 200));
        await page.reload();
    }
    assert.equal(await count(page, 'sent').innerText(), '3');
    await picture(page, 'outbound-phone', true);
    await page.goto(`${server.url}/outbound/new`);
    await picture(page, 'outbound-new-phone', true);
    await page.goto(`${server.url}/outbound`);
    await picture(page, 'outbound-list-phone', true);
    noErrors(page);
    await page.context().close();
});

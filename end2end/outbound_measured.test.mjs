// What becomes of an e-mail: opened and clicked, as the people who get it and those who wrote it see that.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startMail, words } from './mail.mjs';
import { accessible, becomes, live, newPage, newTeammate, noErrors, picture, ready, send, startBrowser, startServer } from './support.mjs';

let mail;
let server;
let browser;
before(async () => {
    mail = await startMail();
    server = await startServer({ more: mail.flags });
    browser = await startBrowser();
    for (const [id, name] of [['grace', 'Grace Hopper'], ['alan', 'Alan Turing'], ['rtl', 'فاطمة الفهرية 🚀']]) {
        await send(server, 'identify', { userId: id, traits: { name, email: `${id}@example.com` } });
    }
});
after(async () => {
    await browser?.close();
    assert.equal(await server?.stop(), 0, 'the server stops cleanly');
    await mail?.stop();
});

const count = (page, which) => page.locator(`.message-counts [data-which=${which}] strong`);
/** Its address here: links in mails lead to where the server is meant to be found. */
const here = (address) => server.url + new URL(address.replaceAll('&amp;', '&')).pathname;
const source = (letter, path) => here(words(letter).match(new RegExp(`"(http[^"]*${path}[^"]*)"`))[1]);
const APPLE = { headers: { 'user-agent': 'Mozilla/5.0' } };

test('an e-mail that is opened and clicked says so, while its author looks on', async () => {
    const agent = await newTeammate(browser, server);
    await agent.goto(`${server.url}/outbound/new`);
    await agent.getByRole('button', { name: 'Add condition' }).waitFor();
    await ready(agent);
    await agent.getByLabel('Name, for the team').fill('Autumn news');
    await agent.getByLabel('Everyone who matches now, and who comes to match later').check();
    await agent.getByLabel('E-mail', { exact: true }).check();
    await agent.getByLabel('Subject of the e-mail').fill('News for {{ first_name }}');
    // The page about it is one of this server, so that a browser can get there.
    await agent.getByLabel('Message, in Markdown').fill(`Hi {{ first_name }}, **much is new**. [Read all of it](${server.url}/healthz)`);
    assert.ok(!(await agent.getByLabel('Do not measure who opens the e-mail and follows its links').isChecked()));
    await accessible(agent);
    await agent.getByRole('button', { name: 'Save draft' }).click();
    await agent.waitForURL(/outbound\/\d+$/);
    await agent.getByText('Start…').click();
    await agent.getByLabel(/Type their number/).fill('3');
    await agent.getByRole('button', { name: 'Start sending' }).click();
    await agent.getByText('Running').first().waitFor();
    await live(agent);
    await ready(agent);
    await count(agent, 'sent').getByText('3').waitFor();
    await count(agent, 'opened').getByText('at least 0').waitFor();
    const address = agent.url();
    const [grace, alan] = await Promise.all(['grace', 'alan'].map((id) => mail.find(`${id}@example.com`, '/opened/')));

    // Alan's mail program loads every picture by itself: that is told apart.
    await fetch(source(alan, '/opened/'), APPLE);
    await count(agent, 'machine').getByText('1').waitFor();
    // Nobody reads a mail within seconds after it was sent, so Grace takes a little longer.
    await new Promise((done) => setTimeout(done, 10_500));
    const inbox = await newPage(browser);
    // By its own name this browser is a program.
    await inbox.context().setExtraHTTPHeaders({ 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.3.1' });
    const html = words(grace).match(/<!doctype html>[^]*<\/html>/i)[0];
    await inbox.setContent(html.replace(/(href|src)="(http[^"]*\/(led|opened)\/[^"]*)"/g, (_, name, to) => `${name}="${here(to)}"`));
    await inbox.getByText('much is new').waitFor();
    await count(agent, 'opened').getByText('at least 1').waitFor();
    const [site] = await Promise.all([inbox.waitForEvent('popup'), inbox.getByRole('link', { name: 'Read all of it' }).click()]);
    await site.waitForURL(`${server.url}/healthz`);
    await count(agent, 'clicked').getByText('1').waitFor();

    // Day by day, as a drawing and as numbers that open their people.
    await agent.locator('.message-days-chart path[data-which=clicked][d^=M]').waitFor({ state: 'attached' });
    await agent.getByText('As a table').click();
    const today = agent.locator('.message-days-table tbody tr').first();
    await becomes(() => today.locator('td').allInnerTexts(), ['3', '1', '1']);
    await accessible(agent);
    await picture(agent, 'outbound-measured', true);
    // It stays open while numbers change.
    await fetch(source(await mail.find('rtl@example.com', '/opened/'), '/opened/'), { headers: { 'user-agent': 'Thunderbird/128.3' } });
    await count(agent, 'opened').getByText('at least 2').waitFor();
    await today.locator('td').nth(1).getByText('2').waitFor();
    await today.locator('td').nth(2).getByRole('link', { name: '1' }).click();
    await agent.getByText('Today only.').waitFor();
    await agent.getByRole('link', { name: 'Grace Hopper' }).waitFor();
    await becomes(() => agent.locator('.receiver').count(), 1);
    await agent.getByRole('link', { name: 'Opened by a machine' }).click();
    await agent.getByRole('heading', { name: 'Opened by a machine' }).waitFor();
    await agent.getByRole('link', { name: 'Alan Turing' }).waitFor();
    await picture(agent, 'outbound-measured-people', true);
    await accessible(agent);

    // Her profile says it in words.
    await agent.goto(`${server.url}/people`);
    await ready(agent);
    await agent.getByRole('link', { name: 'Grace Hopper' }).first().click();
    await agent.getByText(/^E-mail sent .*, opened .*, clicked/).waitFor();

    for (const [name, options] of [['phone', { phone: true }], ['phone-dark', { phone: true, dark: true }], ['dark', { dark: true }]]) {
        const page = await newTeammate(browser, server, options);
        await page.goto(address);
        await ready(page);
        await page.getByText('As a table').click();
        await accessible(page);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(wide <= 0, `${name}: nothing is wider than the screen`);
        const lines = await page.locator('.message-counts .quiet').evaluateAll((shares) => shares.map((share) => {
            const text = document.createRange();
            text.selectNodeContents(share);
            return text.getClientRects().length;
        }));
        assert.ok(lines.length > 1 && lines.every((n) => n === 1), `${name}: a figure and its unit stand on one line: ${lines}`);
        await picture(page, `outbound-measured-${name}`, true);
        noErrors(page);
        await page.context().close();
    }
    for (const page of [agent, inbox]) noErrors(page);
    await agent.context().close();
    await inbox.context().close();
});

test('without JavaScript the numbers and their people are there, and a message can do without', async () => {
    const page = await newTeammate(browser, server, { javaScript: false, phone: true });
    await page.goto(`${server.url}/outbound`);
    await page.getByRole('link', { name: 'Autumn news' }).click();
    await count(page, 'opened').getByText('at least 2').waitFor();
    await page.locator('.message-counts [data-which=opened] a').click();
    await page.getByText('Who reads mail without them is not here').waitFor();
    await becomes(() => page.locator('.receiver-name').allInnerTexts(), ['Grace Hopper', 'فاطمة الفهرية 🚀']);
    await picture(page, 'outbound-measured-people-phone', true);
    await page.goto(`${server.url}/outbound/new`);
    await page.getByLabel('Message, in Markdown').fill(`Quietly: [read](${server.url}/healthz)`);
    await page.getByLabel('E-mail', { exact: true }).check();
    await page.getByLabel('Subject of the e-mail').fill('Quietly');
    await page.getByLabel('Everyone who matches now, and who comes to match later').check();
    await page.getByLabel('Do not measure who opens the e-mail and follows its links').check();
    await page.getByRole('button', { name: 'Save draft' }).click();
    await page.getByText('Start…').click();
    assert.ok(await page.getByLabel('Do not measure who opens the e-mail and follows its links').isChecked());
    await page.getByLabel(/Type their number/).fill('3');
    await page.getByRole('button', { name: 'Start sending' }).click();
    await page.getByText('Running').first().waitFor();
    await page.getByText('Neither opening nor links').waitFor();
    const quiet = await mail.find('grace@example.com', 'Subject: Quietly');
    assert.ok(!/\/(opened|led)\//.test(words(quiet)), words(quiet));
    assert.ok(words(quiet).includes(`href="${server.url}/healthz"`));
    noErrors(page);
    await page.context().close();
});

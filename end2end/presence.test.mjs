import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import axe from 'axe-core';
import { becomes, live, newColleague, newTab, newTeammate, noErrors, picture, ready, send, startBrowser, startServer } from './support.mjs';

let server;
let browser;
before(async () => {
    server = await startServer();
    browser = await startBrowser();
    await send(server, 'identify', { userId: 'ida', traits: { name: 'Ida Rhodes', email: 'ida@example.com' } });
});
after(async () => {
    await browser?.close();
    assert.equal(await server?.stop(), 0, 'the server stops cleanly');
});

/** Somebody else of the team, with a page of their own. */
const join = (admin, name, email, options) => newColleague(browser, server, admin, name, email, options);
const composer = (page) => page.locator('.thread-composers');
const reply = (page) => composer(page).getByRole('textbox', { name: 'Reply' });
const here = (page, name) => page.getByRole('list', { name: 'Who else is here' }).getByTitle(`${name} is here too`);
const open = async (page, address) => {
    await page.goto(address);
    await page.locator('.part').first().waitFor();
    await live(page);
    await ready(page);
};
/** Makes a tab think that another one is shown instead of it, or that it is shown again. */
const hide = (page, hidden) =>
    page.evaluate((hidden) => {
        Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
        document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    }, hidden);

let address;
let ada;
let grace;

test('teammates see who else has a conversation open, until their last tab is gone', async () => {
    ada = await newTeammate(browser, server);
    grace = await join(ada, 'Grace Hopper', 'grace@example.com');
    await ada.goto(`${server.url}/people`);
    await ada.getByRole('link', { name: 'Ida Rhodes' }).click();
    await ready(ada);
    await ada.getByRole('link', { name: 'Message', exact: true }).click();
    await ada.getByLabel('Message to Ida Rhodes').fill('Hello Ida');
    await ada.getByRole('button', { name: 'Send' }).click();
    await ada.waitForURL(/\/inbox\/\d+/);
    address = ada.url();
    await live(ada);
    assert.equal(await ada.getByRole('list', { name: 'Who else is here' }).isVisible(), false, 'nobody else is here');
    await open(grace, address);
    await here(ada, 'Grace Hopper').waitFor();
    await here(grace, 'Ada Lovelace').waitFor();
    await becomes(() => ada.locator('.also-here li').count(), 1);

    const third = await newTab(grace);
    await open(third, address);
    await here(third, 'Ada Lovelace').waitFor();
    assert.equal(await here(third, 'Grace Hopper').count(), 0, 'one does not see oneself');
    await grace.goto(`${server.url}/people`);
    await ada.waitForTimeout(700);
    assert.equal(await ada.locator('.also-here li').count(), 1, 'her other tab is still there');
    await third.close();
    await here(ada, 'Grace Hopper').waitFor({ state: 'detached', timeout: 2_000 });

    // From one conversation to the list and back, without loading a page.
    await open(grace, address);
    await here(ada, 'Grace Hopper').waitFor();
    await grace.getByRole('link', { name: 'People', exact: true }).click();
    await here(ada, 'Grace Hopper').waitFor({ state: 'detached', timeout: 2_000 });
    await grace.goBack();
    await here(ada, 'Grace Hopper').waitFor();
    noErrors(ada);
    noErrors(grace);
});

test('a tab out of sight goes after a while, and is back when it is looked at', async () => {
    await hide(grace, true);
    await ada.waitForTimeout(10_000);
    assert.equal(await here(ada, 'Grace Hopper').count(), 1, 'a glance elsewhere is no absence');
    await here(ada, 'Grace Hopper').waitFor({ state: 'detached', timeout: 15_000 });
    await hide(grace, false);
    await here(ada, 'Grace Hopper').waitFor({ timeout: 2_000 });
    // Longer than a lease: it is renewed.
    await ada.waitForTimeout(50_000);
    assert.equal(await here(ada, 'Grace Hopper').count(), 1);
});

test('a colleague who replies is named in the composer before two answers cross', async () => {
    const hint = composer(ada).getByRole('status');
    await hint.getByText('Reaches them in the Messenger').waitFor();
    await reply(grace).pressSequentially('I will look');
    await hint.getByText('Grace Hopper is replying').waitFor();
    // She stops to think.
    await ada.waitForTimeout(7_000);
    await hint.getByText('Grace Hopper is replying').waitFor({ timeout: 500 });
    await reply(grace).fill('');
    await hint.getByText('Reaches them in the Messenger').waitFor({ timeout: 2_000 });
    await reply(grace).pressSequentially('I will look');
    await hint.getByText('Grace Hopper is replying').waitFor();
    // Sending stays possible, and what others do does not take the word away.
    await reply(ada).fill('Me too');
    await composer(ada).getByRole('button', { name: 'Reply' }).click();
    await grace.locator('.part').getByText('Me too').waitFor();
    await hint.getByText('Grace Hopper is replying').waitFor({ timeout: 500 });
    await reply(grace).press('Control+Enter');
    await ada.locator('.part').getByText('I will look').waitFor();
    await hint.getByText('Reaches them in the Messenger').waitFor({ timeout: 2_000 });

    await composer(grace).getByText('Note', { exact: true }).click();
    await composer(grace).getByLabel('Note for the team').pressSequentially('For us');
    await ada.locator('.thread-typing').getByText('Grace Hopper is writing').waitFor();
    await hint.getByText('Reaches them in the Messenger').waitFor({ timeout: 500 });
    await composer(grace).getByLabel('Note for the team').fill('');

    // Who leaves does not reply any more.
    await composer(grace).getByText('Reply', { exact: true }).first().click();
    await reply(grace).pressSequentially('One more');
    await hint.getByText('Grace Hopper is replying').waitFor();
    await grace.goto(`${server.url}/people`);
    await hint.getByText('Reaches them in the Messenger').waitFor({ timeout: 2_000 });
    noErrors(ada);
    noErrors(grace);
});

test('on every screen: who is here, and who replies', async () => {
    await open(grace, address);
    const others = [];
    for (const [name, email] of [['Barbara Liskov', 'barbara@example.com'], ['Łukasz Żółć 🙂', 'lukasz@example.com'], ['محمد', 'm@example.com'], ['Edsger Wybe Dijkstra', 'edsger@example.com']]) {
        others.push(await join(ada, name, email));
        await open(others.at(-1), address);
    }
    for (const phone of [false, true]) {
        for (const dark of [false, true]) {
            const page = await newTeammate(browser, server, { phone, dark });
            // She began before it was opened.
            await reply(grace).fill('');
            await reply(grace).pressSequentially('Soon');
            await composer(others[0]).getByText('Grace Hopper is replying').waitFor();
            await open(page, address);
            await page.locator(".also-here").getByText("+1").waitFor();
            await composer(page).getByText('Grace Hopper is replying').waitFor();
            await page.evaluate(axe.source);
            const { violations } = await page.evaluate(() => window.axe.run(document, { rules: { 'nested-interactive': { enabled: true } } }));
            assert.deepEqual(violations.map((fault) => `${fault.id}: ${fault.nodes.map((node) => node.html).join(' | ')}`), []);
            await picture(page, `presence-${phone ? 390 : 1440}-${dark ? 'dark' : 'light'}`);
            const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
            assert.equal(wide, false, 'nothing is wider than the screen');
            noErrors(page);
            await page.context().close();
        }
    }
    for (const page of [...others, ada, grace]) await page.context().close();
});

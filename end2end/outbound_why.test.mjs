// Finding a message in the list, and asking of any message why anybody got it or did not.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessible, api, becomes, live, newTab, newTeammate, noErrors, picture, ready, send, startBrowser, startServer } from './support.mjs';

let server;
let browser;
before(async () => {
    server = await startServer();
    browser = await startBrowser();
    for (const [id, name, plan] of [['grace', 'Grace Hopper', 'pro'], ['alan', 'Alan Turing', 'free']]) {
        await send(server, 'identify', { userId: id, traits: { name, email: `${id}@example.com`, plan } });
    }
    const ada = (await api(server, 'GET', '/admins')).said.admins[0].id;
    const pro = { version: 1, rule: { field: 'custom_attributes.plan', op: 'is', value: 'pro' } };
    for (const message of [
        { name: 'Spring news', body: 'Hello', audience: 'now', rule: pro },
        { name: 'Spring post', body: 'Hello', audience: 'later', channel: 'post', rule: pro },
        { name: 'Winter news', body: 'Hello', audience: 'later', rule: pro },
    ]) assert.ok((await api(server, 'POST', '/outbound', { admin_id: ada, ...message })).said.id, 'it is made');
});
after(async () => {
    await browser?.close();
    assert.equal(await server?.stop(), 0, 'the server stops cleanly');
});

const names = (page) => page.locator('.message-title').allInnerTexts();
const there = async (page, expected) => {
    await page.waitForFunction((expected) => JSON.stringify([...document.querySelectorAll('.message-title')].map((link) => link.innerText)) === JSON.stringify(expected), expected);
};

test('a message is found as one types, with its state and kind, and the address says so', async () => {
    const page = await newTeammate(browser, server);
    await page.goto(`${server.url}/outbound`);
    await ready(page);
    await there(page, ['Winter news', 'Spring post', 'Spring news']);
    await page.getByRole('searchbox', { name: 'Find messages' }).pressSequentially('spring');
    await there(page, ['Spring post', 'Spring news']);
    await page.waitForURL(/find=spring/);
    await page.getByLabel('Kind').selectOption({ label: 'Post in the Messenger' });
    await there(page, ['Spring post']);
    await page.getByLabel('State').selectOption('running');
    await page.getByText('No message fits').waitFor();
    await page.waitForURL(/find=spring&state=running&kind=post/);
    await accessible(page);
    await picture(page, 'outbound-none-found');
    await page.reload();
    assert.equal(await page.getByRole('searchbox', { name: 'Find messages' }).inputValue(), 'spring');
    assert.equal(await page.getByLabel('State').inputValue(), 'running');
    await page.getByRole('link', { name: 'Show all messages' }).click();
    await there(page, ['Winter news', 'Spring post', 'Spring news']);
    await becomes(() => page.getByRole('searchbox', { name: 'Find messages' }).inputValue(), '');
    noErrors(page);
    await page.context().close();
});

test('without JavaScript a message is found by a form that keeps what was chosen', async () => {
    const page = await newTeammate(browser, server, { javaScript: false, phone: true });
    await page.goto(`${server.url}/outbound`);
    await page.getByRole('searchbox', { name: 'Find messages' }).fill('NEWS spring');
    await page.getByLabel('State').selectOption('draft');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.waitForURL(/find=NEWS/);
    assert.deepEqual(await names(page), ['Spring news']);
    assert.equal(await page.getByRole('searchbox', { name: 'Find messages' }).inputValue(), 'NEWS spring');
    assert.equal(await page.getByLabel('State').inputValue(), 'draft');
    await picture(page, 'outbound-found-phone', true);
    noErrors(page);
    await page.context().close();
});

for (const javaScript of [true, false]) {
    test(`it is asked of any message why anybody got it or did not, script ${javaScript}`, async () => {
        const page = await newTeammate(browser, server, { javaScript });
        // Of a draft, by the form on its page.
        await page.goto(`${server.url}/outbound?find=winter`);
        await page.getByRole('link', { name: 'Winter news' }).click();
        await page.getByLabel('E-mail or user id of anyone').last().fill('alan@example.com');
        await page.getByRole('button', { name: 'Ask why' }).click();
        await page.getByRole('link', { name: 'Alan Turing' }).waitFor();
        await page.getByText('Would not get it: the rule does not hold for them').waitFor();
        const conditions = page.locator('.reasons li');
        await conditions.filter({ hasText: 'The message goes out' }).getByText('it is a draft').waitFor();
        await conditions.filter({ hasText: 'plan' }).getByText('free').waitFor();
        if (javaScript) {
            await ready(page);
            await accessible(page);
            await picture(page, 'outbound-why', true);
        }
        await page.getByLabel('E-mail or user id of anyone').fill('nobody');
        await page.getByRole('button', { name: 'Ask why' }).click();
        await page.getByRole('alert').getByText('Nobody has this e-mail address or user id.').waitFor();
        // From a profile, of a message that has nothing to do with the person.
        await page.goto(`${server.url}/people`);
        await page.getByRole('link', { name: 'Alan Turing' }).first().click();
        await page.getByRole('link', { name: 'Ask why of any other message' }).click();
        await page.getByText('Choose a message to see why').waitFor();
        await page.getByRole('link', { name: 'Spring post' }).click();
        await page.getByText('Would not get it: the rule does not hold for them').waitFor();
        noErrors(page);
        await page.context().close();
    });
}

test('what is said of somebody changes in an open tab, also once the message is over', async () => {
    const page = await newTeammate(browser, server);
    await page.goto(`${server.url}/outbound?find=spring+news`);
    await page.getByRole('link', { name: 'Spring news' }).click();
    await page.waitForURL(/outbound\/\d+$/);
    const message = page.url();
    const other = await newTab(page);
    await other.goto(`${message}/why?who=grace`);
    await other.getByText('Would get it if it were started now').waitFor();
    await live(other);
    const outside = await newTab(page);
    await outside.goto(`${message}/why?who=alan`);
    await live(outside);
    // What is being asked next stays while the answer changes.
    await ready(outside);
    await outside.getByLabel('E-mail or user id of anyone').fill('grace');
    await ready(page);
    await page.bringToFront();
    await page.getByText('Start…').click();
    await page.getByText('Among them:').waitFor();
    await page.getByRole('button', { name: 'Start sending' }).click();
    await page.getByText('Sent to 1 person. There is nobody left whom it could reach.').waitFor();
    await other.bringToFront();
    await other.getByText(/^Sent .*, not seen yet/).waitFor();
    await other.getByRole('link', { name: 'Conversation' }).waitFor();
    await outside.bringToFront();
    await outside.getByText('Did not get it: the rule does not hold for them').waitFor();
    assert.equal(await outside.getByLabel('E-mail or user id of anyone').inputValue(), 'grace');
    await picture(outside, 'outbound-why-over', true);
    for (const one of [page, other, outside]) noErrors(one);
    await page.context().close();
});

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessible, becomes, call, holds, live, newTab, newTeammate, noErrors, picture, ready, send, startBrowser, startServer } from './support.mjs';

let server;
let browser;
before(async () => {
    server = await startServer();
    browser = await startBrowser();
    await send(server, 'identify', { userId: 'grace', traits: { name: 'Grace Hopper', email: 'grace@example.com', plan: 'pro' } });
    await send(server, 'page', { userId: 'grace', context: { ip: '81.2.69.160' } });
    await send(server, 'track', { userId: 'grace', event: 'Order completed', properties: { total: 80 } });
    await send(server, 'identify', { userId: 'noor', traits: { name: 'نور الدين 🙂', email: 'noor@example.com' } });
});
after(async () => {
    await browser?.close();
    assert.equal(await server?.stop(), 0, 'the server stops cleanly');
});

const profile = async (page, name) => {
    await page.goto(`${server.url}/people`);
    await page.getByRole('link', { name }).click();
    await page.getByRole('heading', { name }).waitFor();
};
const composers = (page) => page.locator('.thread-composers');

test('a message is written from the profile and waits; the thread has the person beside it', async () => {
    const page = await newTeammate(browser, server);
    const other = await newTeammate(browser, server);
    await other.goto(`${server.url}/inbox`);
    await other.getByText('Nothing is open').waitFor();
    await live(other);
    await profile(page, 'Grace Hopper');
    await ready(page);
    await page.getByRole('link', { name: 'Message', exact: true }).click();
    await page.getByLabel('Message to Grace Hopper').waitFor();
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'Message to Grace Hopper');
    await page.getByLabel('Message to Grace Hopper').fill('Hello **Grace**,\nhow is the order?');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.waitForURL(/\/inbox\/\d+/);
    await page.locator('.part').getByText('how is the order?').waitFor();
    await page.getByText('Waiting: reaches them').waitFor();
    await page.locator('.inbox-facts').getByText('London, United Kingdom').waitFor();
    await other.locator('.line').getByText('Grace Hopper').click();
    await other.locator('.part').getByText('how is the order?').waitFor();
    await live(other);
    await ready(page);

    await composers(page).getByText('Note', { exact: true }).click();
    await composers(page).getByLabel('Note for the team').fill('She prefers e-mail');
    await page.keyboard.press('Control+Enter');
    await other.locator('.part[data-side="note"] .prose').getByText('She prefers e-mail').waitFor();
    // Others may see it before the page that sent it has its answer.
    await becomes(() => composers(page).getByLabel('Note for the team').inputValue(), '');
    await composers(other).getByRole('textbox', { name: 'Reply' }).fill('One more thing');
    await composers(other).getByRole('button', { name: 'Reply' }).click();
    await page.locator('.part[data-side="out"]').getByText('One more thing').waitFor();

    await page.locator('.inbox-facts').getByLabel('New tag').fill('asked');
    await page.keyboard.press('Enter');
    await other.locator('.inbox-facts').getByRole('list', { name: 'Tags' }).getByText('asked').waitFor();
    await page.locator('h1').click();
    await page.keyboard.press('n');
    await page.waitForFunction(() => document.activeElement.getAttribute('aria-label') === 'Note for the team');
    await page.locator('h1').click();
    await page.keyboard.press('e');
    await page.locator('.thread-header').getByRole('button', { name: 'Open again' }).waitFor();
    await other.locator('.inbox-list').getByText('Nothing is open').waitFor();
    await other.getByRole('link', { name: 'Closed' }).click();
    await other.locator('.line').getByText('Grace Hopper').waitFor();
    noErrors(page);
    noErrors(other);
    await page.context().close();
    await other.context().close();
});

test('without JavaScript one writes, answers, assigns and closes', async () => {
    const page = await newTeammate(browser, server, { javaScript: false });
    await profile(page, 'نور الدين');
    await page.getByRole('link', { name: 'Message', exact: true }).click();
    await page.getByRole('button', { name: 'Send' }).waitFor();
    await page.getByLabel(/Message to/).fill('مرحبا');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('.part').getByText('مرحبا').waitFor();
    await page.locator('.inbox-facts').getByText('noor@example.com').waitFor();
    await composers(page).getByRole('textbox', { name: 'Reply' }).fill('   ');
    await composers(page).getByRole('button', { name: 'Reply' }).click();
    await page.getByRole('alert').filter({ hasText: 'Write something' }).waitFor();
    await composers(page).getByRole('textbox', { name: 'Reply' }).fill('And again');
    await composers(page).getByRole('button', { name: 'Reply' }).click();
    await page.locator('.part').getByText('And again').waitFor();
    const header = page.locator('.thread-header');
    await header.locator('summary').filter({ hasText: 'Assign' }).click();
    await header.getByRole('button', { name: 'Nobody' }).click();
    await page.getByText('Conversation given to nobody.').waitFor();
    await header.getByText('Nobody looks after it').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await header.locator('.thread-marks').getByText('Ada Lovelace').waitFor();
    await header.locator('summary').filter({ hasText: 'Tag' }).click();
    await header.getByLabel('Tag', { exact: true }).fill('Arabic');
    await header.getByLabel('Tag', { exact: true }).press('Enter');
    await header.locator('.tag').getByText('Arabic').waitFor();
    await header.locator('summary').filter({ hasText: 'Snooze' }).click();
    await header.getByRole('button', { name: 'Until they write' }).click();
    await page.locator('.happened').getByText('put the conversation off until they write').waitFor();
    await header.getByRole('button', { name: 'Close' }).click();
    await header.getByRole('button', { name: 'Open again' }).waitFor();
    noErrors(page);
    await page.context().close();
});

test('each teammate arranges what is known of a person, and what is folded stays so', async () => {
    const page = await newTeammate(browser, server);
    const column = page.locator('.inbox-facts');
    const titles = async (within) => (await within.locator('details.facts > summary').allInnerTexts()).map((title) => title.trim());
    const first = (within, ...expected) => becomes(async () => (await titles(within)).slice(0, expected.length), expected, 'the sections in this order');
    await page.goto(`${server.url}/inbox?state=closed`);
    await page.locator('.line').getByText('Grace Hopper').click();
    await column.getByText('grace@example.com').waitFor();
    await ready(page);
    await first(column, 'About', 'Companies', 'Notes');
    await column.getByLabel('New note').fill('Half a thought');
    await column.getByText('Arrange', { exact: true }).click();
    // Answers that come late are older than what is pressed meanwhile.
    await page.route(/\/do\/sections/, (route) => setTimeout(() => route.continue(), 400));
    const step = (name) => column.getByRole('button', { name, exact: true });
    for (let place = 7; place > 0; place--) {
        await step('Move Events up').click();
        await page.waitForFunction((place) => document.querySelectorAll('.inbox-facts details.facts > summary')[place - 1].innerText.trim() === 'Events', place);
    }
    await holds(() => step('Move Events up').isDisabled());
    await page.waitForFunction(() => document.activeElement.getAttribute('aria-label') === 'Move Events down');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelectorAll('.inbox-facts details.facts > summary')[1].innerText.trim() === 'Events');
    await page.waitForFunction(() => document.activeElement.getAttribute('aria-label') === 'Move Events down');
    assert.equal(await column.getByLabel('New note').inputValue(), 'Half a thought', 'what is typed moves along');
    const kept = page.waitForResponse((answer) => answer.url().includes('set_sections'));
    await column.locator('summary', { hasText: /^Companies$/ }).click();
    assert.equal((await kept).status(), 200);
    await accessible(page);

    // Another tab of theirs follows.
    const tab = await newTab(page);
    await tab.goto(`${server.url}${await column.locator('.column-name').getAttribute('href')}`);
    await live(tab);
    await ready(tab);
    await first(tab.locator('.profile-side'), 'About', 'Events', 'Companies');
    await step('Move Events down').click();
    await tab.locator('.profile-side details.facts > summary').nth(2).filter({ hasText: /^Events$/ }).waitFor();
    await tab.locator('.profile-side summary', { hasText: /^Companies$/ }).click();
    await page.waitForFunction(() => document.querySelectorAll('.inbox-facts details.facts')[1].open);
    await tab.locator('.profile-side summary', { hasText: /^Companies$/ }).click();
    await page.waitForFunction(() => !document.querySelectorAll('.inbox-facts details.facts')[1].open);
    await step('Move Events up').click();
    await tab.locator('.profile-side details.facts > summary').nth(1).filter({ hasText: /^Events$/ }).waitFor();
    noErrors(tab);
    await tab.close();

    // The same on the profile, and in a page without JavaScript.
    const address = await column.locator('.column-name').getAttribute('href');
    for (const javaScript of [true, false]) {
        const other = await newTeammate(browser, server, { javaScript });
        await other.goto(`${server.url}${address}`);
        const side = other.locator('.profile-side');
        await first(side, 'About', 'Events', 'Companies');
        const open = (title) => side.locator('details.facts', { has: other.locator(':scope > summary', { hasText: title }) }).first().evaluate((node) => node.open);
        assert.deepEqual([await open(/^About$/), await open(/^Companies$/)], [true, false]);
        if (!javaScript) {
            await side.getByText('Arrange', { exact: true }).click();
            await side.getByRole('button', { name: 'Move Tags up' }).click();
            await side.locator('details.facts > summary').nth(3).filter({ hasText: /^Tags$/ }).waitFor();
            await first(side, 'About', 'Events', 'Companies', 'Tags');
            await side.getByText('Arrange', { exact: true }).click();
            await side.getByRole('button', { name: 'The usual order' }).click();
            await side.locator('details.facts > summary').nth(1).filter({ hasText: /^Companies$/ }).waitFor();
            await first(side, 'About', 'Companies', 'Notes');
            assert.equal(await open(/^Companies$/), true);
        }
        noErrors(other);
        await other.context().close();
    }
    await page.reload();
    await ready(page);
    await first(column, 'About', 'Companies', 'Notes');
    noErrors(page);
    await page.context().close();
});

test('who somebody is is put right beside the conversation, with and without JavaScript', async () => {
    const page = await newTeammate(browser, server);
    const column = (page) => page.locator('.inbox-facts');
    const form = (page) => column(page).locator('.details-edit');
    const field = (page, name) => form(page).getByRole('textbox', { name });
    await page.goto(`${server.url}/inbox?state=closed`);
    await page.locator('.line').getByText('Grace Hopper').click();
    await column(page).getByText('grace@example.com').waitFor();
    await ready(page);
    await live(page);
    const other = await newTab(page);
    await page.waitForURL(/\/inbox\/\d+/);
    await other.goto(page.url());
    await column(other).getByText('grace@example.com').waitFor();
    await ready(other);
    await live(other);
    await form(page).getByText('Edit name, e-mail, phone').click();
    assert.equal(await field(page, 'Name').inputValue(), 'Grace Hopper');
    await field(page, 'Phone').fill('+41 44 000 00 00');
    await field(page, 'E-mail address').fill('grace');
    await field(page, 'E-mail address').press('Enter');
    await form(page).getByRole('alert').filter({ hasText: 'address such as' }).waitFor();
    assert.equal(await field(page, 'Phone').inputValue(), '+41 44 000 00 00', 'nothing is lost');
    await accessible(page);
    await field(page, 'E-mail address').fill('grace@example.com');
    await form(page).getByRole('button', { name: 'Save' }).click();
    for (const tab of [page, other]) await column(tab).locator('.fact').getByText('+41 44 000 00 00').waitFor();
    await field(page, 'Phone').waitFor({ state: 'hidden' });
    await page.waitForFunction(() => document.activeElement.parentElement.className.includes('details-edit'));
    // The other tab's fields have it too, and what is not touched there stays.
    await form(other).getByText('Edit name, e-mail, phone').click();
    await becomes(() => field(other, 'Phone').inputValue(), '+41 44 000 00 00');
    noErrors(page, /status of 400/);
    noErrors(other);
    await page.context().close();

    const plain = await newTeammate(browser, server, { javaScript: false });
    await plain.goto(`${server.url}/inbox?state=closed`);
    await plain.locator('.line').getByText('Grace Hopper').click();
    await form(plain).getByText('Edit name, e-mail, phone').click();
    await field(plain, 'Phone').fill('+41 44 111 11 11');
    await field(plain, 'E-mail address').fill('grace');
    await form(plain).getByRole('button', { name: 'Save' }).click();
    await form(plain).getByRole('alert').filter({ hasText: 'address such as' }).waitFor();
    assert.equal(await field(plain, 'Phone').inputValue(), '+41 44 111 11 11', 'nothing is lost here either');
    await field(plain, 'E-mail address').fill('grace@example.com');
    await form(plain).getByRole('button', { name: 'Save' }).click();
    await column(plain).locator('.fact').getByText('+41 44 111 11 11').waitFor();
    await plain.locator('.part').first().waitFor();
    noErrors(plain);
    await plain.context().close();
});

/** What opens a company beside a conversation, and the form in it. */
const MORE = 'Edit, tags, data, notes';
const FORM = 'Edit name, plan, spend';
const card = (page, name = 'US Navy') => page.locator('.inbox-facts').getByRole('region', { name });
const more = (page, name) => card(page, name).getByRole('link', { name: MORE });
const fact = (page, text, name) => card(page, name).locator('.fact').getByText(text, { exact: true });
const field = (page, label, name) => card(page, name).getByRole('textbox', { name: label });

/** A conversation with somebody who is in two companies; answers its address. */
const ofTwoCompanies = async (userId, name) => {
    for (const [groupId, title] of [['navy', 'US Navy'], ['langley', 'Langley Labs']]) {
        await send(server, 'group', { userId, groupId, traits: { name: title, plan: 'trial' } });
    }
    await send(server, 'identify', { userId, traits: { name, email: `${userId}@example.com` } });
    const { conversation_id } = await call(server, 'conversations', { from: { type: 'user', user_id: userId }, body: 'Where is my order?' });
    return `${server.url}/inbox/${conversation_id}`;
};

test('a company is put right beside the conversation, and another tab sees it', async () => {
    const address = await ofTwoCompanies('mary', 'Mary Jackson');
    const page = await newTeammate(browser, server);
    const other = await newTab(page);
    for (const tab of [page, other]) {
        await tab.goto(address);
        await fact(tab, 'trial').waitFor();
        await ready(tab);
        await live(tab);
    }
    assert.equal(await page.locator('.company-own').count(), 0, 'a card is short until somebody asks');
    await more(page).click();
    await card(page).getByText(FORM).click();
    assert.equal(await field(page, 'Plan').inputValue(), 'trial');
    await field(page, 'Plan').fill('enterprise');
    await field(page, 'Monthly spend').fill('890');
    await field(page, 'Size').fill('some');
    await field(page, 'Industry').fill('Ships');
    // What somebody else does meanwhile takes nothing of it away.
    await more(other).click();
    await card(other).getByLabel('New tag').fill('key account');
    await card(other).getByLabel('New tag').press('Enter');
    for (const tab of [page, other]) await fact(tab, 'key account').waitFor();
    await card(page).getByRole('list', { name: 'Tags' }).getByText('key account').waitFor();
    await card(page).getByRole('button', { name: 'Save', exact: true }).click();
    await card(page).getByRole('alert').filter({ hasText: 'Size: write a whole number' }).waitFor();
    assert.equal(await field(page, 'Plan').inputValue(), 'enterprise', 'nothing is lost');
    await accessible(page);
    await field(page, 'Size').fill('1200');
    await card(page).getByRole('button', { name: 'Save', exact: true }).click();
    for (const tab of [page, other]) {
        for (const text of ['enterprise', '890.00 a month', '1,200', 'Ships']) await fact(tab, text).waitFor();
        await fact(tab, 'trial', 'Langley Labs').waitFor();
    }
    await field(page, 'Plan').waitFor({ state: 'hidden' });
    await page.waitForFunction(() => document.activeElement.className === 'company-edit');

    // Data, by its type.
    await card(page).getByText('Add data', { exact: true }).click();
    await card(page).getByLabel('Name of the attribute').fill('seats');
    await card(page).getByLabel('Value', { exact: true }).fill('40');
    await card(page).getByLabel('Value', { exact: true }).press('Enter');
    const seats = (tab, text) => card(tab).locator('.fact-edit > summary').getByText(text, { exact: true });
    for (const tab of [page, other]) await seats(tab, '40').waitFor();
    // By then the other tab's form has what was saved before.
    await card(other).getByText(FORM).click();
    assert.equal(await field(other, 'Plan').inputValue(), 'enterprise');
    await seats(page, '40').click();
    const value = card(page).getByLabel('New value of seats');
    await value.fill('many');
    await value.press('Enter');
    await card(page).getByRole('alert').waitFor();
    assert.equal(await value.inputValue(), 'many');
    await value.fill('41');
    await value.press('Enter');
    for (const tab of [page, other]) await seats(tab, '41').waitFor();
    await card(page).getByRole('button', { name: 'Remove the tag key account' }).click();
    for (const tab of [page, other]) await fact(tab, 'key account').waitFor({ state: 'detached' });

    // Notes, and the way back for one.
    await card(page).getByLabel('New note').fill('Renews in **May**');
    await card(page).getByRole('button', { name: 'Save note' }).click();
    const note = (tab) => card(tab).locator('.note .prose').getByText('May', { exact: true });
    for (const tab of [page, other]) await note(tab).waitFor();
    await card(other).getByRole('button', { name: 'Delete' }).click();
    await card(other).getByText('Note deleted.').waitFor();
    await note(page).waitFor({ state: 'detached' });
    await card(other).getByRole('button', { name: 'Undo' }).click();
    for (const tab of [page, other]) await note(tab).waitFor();

    // Nothing of it is the person's, and every name on the page is there once.
    for (const part of ['[data-section="tags"] .tag', '[data-section="notes"] .note', '[data-section="data"] .fact']) {
        assert.equal(await page.locator(`.inbox-facts ${part}`).count(), 0, part);
    }
    const twice = await page.evaluate(() => {
        const count = (id) => [...document.querySelectorAll('[id]')].filter((node) => node.id === id).length;
        return [...document.querySelectorAll('.inbox-facts [id]')].map((node) => node.id).filter((id) => count(id) > 1);
    });
    assert.deepEqual(twice, []);
    await picture(page, 'inbox-company-1440');

    // One company at a time; what is open stands in the address.
    await more(page, 'Langley Labs').click();
    await card(page, 'Langley Labs').getByText(FORM).click();
    assert.equal(await field(page, 'Plan', 'Langley Labs').inputValue(), 'trial');
    assert.equal(await page.locator('.company-own').count(), 1);
    await page.reload();
    await ready(page);
    await card(page, 'Langley Labs').getByText(FORM).waitFor();
    await more(page, 'Langley Labs').click();
    await page.locator('.company-own').waitFor({ state: 'detached' });
    assert.doesNotMatch(page.url(), /company=/);
    noErrors(page, /status of 400/);
    noErrors(other);
    await page.context().close();
});

test('without JavaScript a company is put right beside the conversation too', async () => {
    const address = await ofTwoCompanies('katherine', 'Katherine Johnson');
    const page = await newTeammate(browser, server, { javaScript: false });
    const name = 'Langley Labs';
    const there = card(page, name);
    await page.goto(address);
    await more(page, name).click();
    await there.getByText(FORM).click();
    await field(page, 'Website', name).fill('https://langley.example');
    await field(page, 'Size', name).fill('some');
    await there.getByRole('button', { name: 'Save', exact: true }).click();
    await there.getByRole('alert').filter({ hasText: 'Size: write a whole number' }).waitFor();
    assert.equal(await field(page, 'Website', name).inputValue(), 'https://langley.example', 'nothing is lost');
    await field(page, 'Size', name).fill('60');
    await there.getByRole('button', { name: 'Save', exact: true }).click();
    await fact(page, 'https://langley.example', name).waitFor();
    await fact(page, '60', name).waitFor();
    await there.getByLabel('New tag').fill('research');
    await there.getByLabel('New tag').press('Enter');
    await fact(page, 'research', name).waitFor();

    // What is wrong is said at the one that it was about.
    await there.getByText('Add data', { exact: true }).click();
    await there.getByLabel('Name of the attribute').fill('founded');
    await there.getByLabel('Value', { exact: true }).fill('1917');
    await there.getByLabel('Value', { exact: true }).press('Enter');
    await there.locator('.fact-edit > summary').getByText('1917', { exact: true }).click();
    await there.getByLabel('New value of founded').fill('long ago');
    await there.getByLabel('New value of founded').press('Enter');
    await there.getByRole('alert').waitFor();
    assert.equal(await page.locator('.inbox-facts').getByRole('alert').count(), 1);
    await there.getByLabel('New note').fill('They built **wind tunnels**');
    await there.getByRole('button', { name: 'Save note' }).click();
    await there.locator('.note .prose').getByText('wind tunnels').waitFor();
    await there.getByRole('button', { name: 'Delete' }).click();
    await there.getByText('Note deleted.').waitFor();
    assert.equal(await page.locator('.inbox-facts').getByText('Note deleted.').count(), 1);
    await there.getByRole('button', { name: 'Undo' }).click();
    await there.locator('.note .prose').getByText('wind tunnels').waitFor();
    await page.locator('.part').first().waitFor();
    await more(page, name).click();
    await page.locator('.company-own').waitFor({ state: 'detached' });
    noErrors(page);
    await page.context().close();
});

test('on a phone a company is put right in the sheet, in the dark as well', async () => {
    const address = await ofTwoCompanies('dorothy', 'Dorothy Vaughan');
    for (const dark of [false, true]) {
        const page = await newTeammate(browser, server, { phone: true, dark });
        await page.goto(`${address}?view=facts`);
        await ready(page);
        await live(page);
        await more(page, 'Langley Labs').click();
        await card(page, 'Langley Labs').getByText(FORM).click();
        await field(page, 'Industry', 'Langley Labs').fill(dark ? 'Aeronautics' : 'Flight');
        await accessible(page);
        await picture(page, `inbox-company-390-${dark ? 'dark' : 'light'}`);
        await card(page, 'Langley Labs').getByRole('button', { name: 'Save', exact: true }).click();
        await fact(page, dark ? 'Aeronautics' : 'Flight', 'Langley Labs').waitFor();
        assert.match(page.url(), /view=facts/, 'the sheet stays');
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, 'nothing is wider than the screen');
        noErrors(page);
        await page.context().close();
    }
});

test('what stands open for hours says how long ago things were', async () => {
    const page = await newTeammate(browser, server);
    await page.clock.install();
    await page.goto(`${server.url}/inbox?state=closed`);
    await page.locator('.line').getByText('Grace Hopper').click();
    await page.locator('.part').first().waitFor();
    await ready(page);
    const there = page.locator('.inbox-facts .place-time');
    const before = (await there.count()) > 0 ? await there.first().innerText() : '';
    await page.clock.fastForward('03:00:00');
    await page.locator('.line-at').filter({ hasText: '3 hours ago' }).first().waitFor();
    if (before) await holds(async () => (await there.first().innerText()) !== before, 'the time where they are goes on');
    noErrors(page, /WebSocket|ERR_/);
    await page.context().close();
});

test('on every screen: list, thread and facts', async () => {
    for (const phone of [false, true]) {
        for (const dark of [false, true]) {
            const page = await newTeammate(browser, server, { phone, dark });
            const size = `${phone ? 390 : 1440}-${dark ? 'dark' : 'light'}`;
            await page.goto(`${server.url}/inbox?state=closed`);
            await live(page);
            await accessible(page);
            if (phone) await picture(page, `inbox-list-${size}`);
            await page.locator('.line').getByText('Grace Hopper').click();
            await page.locator('.part').first().waitFor();
            await page.locator('.inbox-facts').getByText('grace@example.com').waitFor({ state: 'attached' });
            await picture(page, `inbox-${size}`);
            await accessible(page);
            if (phone) {
                await page.getByRole('link', { name: 'Facts' }).click();
                await page.locator('.inbox-facts').getByText('grace@example.com').waitFor();
                await picture(page, `inbox-facts-${size}`);
                await accessible(page);
                // It lies over the thread; a press beside it closes it, and so does the way back.
                await holds(async () => {
                    const sheet = await page.locator('.inbox-facts').boundingBox();
                    return sheet.y > 80 && Math.round(sheet.y + sheet.height) === 844;
                }, 'the sheet ends where the screen does');
                await page.mouse.click(195, 40);
                await page.locator('.inbox-facts').waitFor({ state: 'hidden' });
                await page.waitForURL((url) => !url.searchParams.has('view'));
                assert.match(page.url(), /state=closed/, 'the list that it was opened from is kept');
                await page.getByRole('link', { name: 'Facts' }).click();
                await page.waitForFunction(() => document.activeElement.className === 'column-back', null, { timeout: 5_000 });
                await page.getByRole('link', { name: 'Conversation', exact: true }).click();
                await page.locator('.inbox-facts').waitFor({ state: 'hidden' });
                await page.waitForFunction(() => document.activeElement.classList.contains('thread-facts'), null, { timeout: 6_000 });
                await page.keyboard.press('Enter');
                await page.locator('.inbox-facts').getByText('grace@example.com').waitFor();
                await page.keyboard.press('Escape');
                await page.locator('.inbox-facts').waitFor({ state: 'hidden' });
                await page.getByRole('link', { name: 'Inbox' }).first().click();
            }
            const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
            assert.equal(wide, false, 'nothing is wider than the screen');
            noErrors(page);
            await page.context().close();
        }
    }
});

// Naming teammates in notes: suggested while typing, told in the app, kept in a list until one has looked.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessible, becomes, live, newColleague, newPage, newTeammate, noErrors, none, picture, ready, send, startBrowser, startServer } from './support.mjs';

let server;
let browser;
let ada;
let grace;
let profile;
before(async () => {
    server = await startServer();
    browser = await startBrowser();
    await send(server, 'identify', { userId: 'ida', traits: { name: 'Ida Rhodes' } });
    ada = await newTeammate(browser, server);
    grace = await newColleague(browser, server, ada, 'Grace Hopper', 'grace@example.com');
    await ada.goto(`${server.url}/people`);
    await ada.getByRole('link', { name: 'Ida Rhodes' }).click();
    await ada.getByRole('heading', { name: 'Ida Rhodes' }).waitFor();
    await ada.waitForURL(/\/contacts\/\d+/);
    profile = ada.url();
});
after(async () => {
    await browser?.close();
    assert.equal(await server?.stop(), 0, 'the server stops cleanly');
});

const item = (page) => page.locator('.notes .note').first();
const field = (page) => item(page).getByLabel('Text of the note');

test('who is named in a note is suggested by the keyboard, told at once, and has looked when they did', async () => {
    await live(ada);
    await ready(ada);
    await grace.goto(`${server.url}/inbox?in=mentions`);
    await live(grace);
    await ready(grace);
    const composer = ada.getByLabel('New note');
    await composer.click();
    await composer.pressSequentially('Ask @gra');
    const list = ada.getByRole('listbox', { name: 'Suggestions' });
    await list.getByRole('option', { name: 'Grace Hopper' }).waitFor();
    await ada.keyboard.press('Escape');
    await list.waitFor({ state: 'hidden' });
    await composer.press('Backspace');
    await list.getByRole('option', { name: 'Grace Hopper' }).waitFor();
    await ada.keyboard.press('Enter');
    await becomes(() => composer.inputValue(), 'Ask @Grace Hopper ');
    await composer.pressSequentially('for the contract.');
    await ada.keyboard.press('Control+Enter');
    await item(ada).locator('.mention').getByText('@Grace Hopper').waitFor();

    const mentions = grace.getByRole('region', { name: 'Notes that mention you' });
    await mentions.getByText('Ada Lovelace named you: Ask @Grace Hopper for the contract.').waitFor();
    await becomes(() => mentions.locator('[data-new]').count(), 1);
    await accessible(grace);
    await picture(grace, 'notes-mentions-1440-light');
    const looked = grace.waitForResponse(/see_note_mentions/);
    await mentions.getByRole('link', { name: /Ida Rhodes/ }).click();
    await item(grace).getByText('Names you').waitFor();
    await grace.waitForURL(/#note-\d+$/);
    await accessible(grace);
    await looked;
    await grace.goto(`${server.url}/inbox?in=mentions`);
    await mentions.getByText('Ask @Grace Hopper').waitFor();
    // She has looked.
    await none(mentions.locator('[data-new]'));
    noErrors(ada);
    noErrors(grace);
});

test('on a phone a press on the name puts it in, while others write in the note', async () => {
    const phone = await newTeammate(browser, server, { phone: true });
    await phone.goto(`${profile}?view=facts`);
    await live(phone);
    await ready(phone);
    await item(phone).getByText('Edit', { exact: true }).click();
    await item(phone).getByRole('button', { name: 'Done' }).waitFor();
    await field(phone).press('Control+End');
    await field(phone).pressSequentially(' Also @hop');
    const option = item(phone).getByRole('option', { name: 'Grace Hopper' });
    await option.waitFor();
    assert.ok((await option.boundingBox()).height >= 44, 'a thumb hits it');
    await picture(phone, 'notes-naming-390-light');
    await accessible(phone);
    await option.tap();
    await phone.waitForFunction(() => document.querySelector('.note-desk textarea').value.endsWith('Also @Grace Hopper '));
    // What was put in by the list is undone as what one types: together with it, or where that took long, before it.
    const until = async (keys, end) => {
        const is = async () => (await field(phone).inputValue()).endsWith(end);
        for (let step = 0; step < 4 && !(await is()); step += 1) {
            await field(phone).press(keys);
            await phone.waitForTimeout(300);
        }
        assert.ok(await is(), `${keys} until ${end}: ${await field(phone).inputValue()}`);
    };
    await until('Control+z', 'contract.');
    await until('Control+Shift+z', 'Also @Grace Hopper ');
    await item(phone).getByRole('button', { name: 'Done' }).click();
    const mentions = grace.getByRole('region', { name: 'Notes that mention you' });
    await mentions.locator('[data-new]').waitFor();
    noErrors(phone);
    noErrors(grace);
    await phone.context().close();
});

test('without JavaScript a name is typed, and what names one is marked as read', async () => {
    const plain = await newTeammate(browser, server, { javaScript: false });
    await plain.goto(profile);
    await plain.getByLabel('New note').fill('@Grace Hopper and @Nobody');
    await plain.getByRole('button', { name: 'Save note' }).click();
    await plain.locator('.notes .mention').getByText('@Grace Hopper').first().waitFor();
    await plain.context().close();
    const hers = await newPage(browser, { javaScript: false, dark: true, phone: true });
    await hers.context().addCookies(await grace.context().cookies());
    await hers.goto(`${server.url}/inbox?in=mentions`);
    const mentions = hers.getByRole('region', { name: 'Notes that mention you' });
    const fresh = mentions.locator('[data-new]');
    assert.equal(await fresh.count(), 2);
    await picture(hers, 'notes-mentions-390-dark');
    await fresh.first().getByRole('button', { name: 'Mark as read' }).click();
    // Both are on the same profile.
    await none(fresh);
    noErrors(hers);
    await hers.context().close();
});

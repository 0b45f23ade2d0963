import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { live, newTeammate, noErrors, picture, ready, send, startBrowser, startServer } from './support.mjs';

let server;
let browser;
before(async () => {
    server = await startServer();
    browser = await startBrowser();
    await send(server, 'identify', { userId: 'grace', traits: { name: 'Grace Hopper' } });
    await send(server, 'identify', { userId: 'noor', traits: { name: 'نور الدين 🙂' } });
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
const notes = (page) => page.locator('.notes');
const text = '# Renewal\n- [x] called\n- [ ] **offer**\n\n<script>alert(1)</script> see https://a.example';

test('a note is written, seen by a teammate at once, edited, pinned, deleted and brought back', async () => {
    const page = await newTeammate(browser, server);
    const other = await newTeammate(browser, server);
    for (const one of [page, other]) {
        await open(one);
        await live(one);
    }
    await page.getByLabel('New note').fill('half a tho');
    await page.reload();
    await ready(page);
    await page.waitForFunction(() => document.querySelector('#write-note').value === 'half a tho');
    await page.getByLabel('New note').fill(text);
    await page.keyboard.press('Control+Enter');
    await notes(other).getByRole('heading', { name: 'Renewal' }).waitFor();
    await other.locator('.entry[data-kind="note"]').getByText('wrote a note').waitFor();
    assert.equal(await page.getByLabel('New note').inputValue(), '');
    await notes(page).locator('.prose').getByText('alert(1)').waitFor();
    assert.equal(await notes(page).getByRole('checkbox').count(), 2);

    await notes(page).getByText('Edit').click();
    await notes(other).getByText('Edit').click();
    await notes(page).getByRole('button', { name: 'Done' }).waitFor();
    await notes(other).getByRole('button', { name: 'Done' }).waitFor();
    await notes(other).getByLabel('Text of the note').fill('Hers');
    await page.waitForFunction(() => document.querySelector('.note-desk textarea').value === 'Hers');
    await notes(page).getByLabel('Text of the note').fill('Hers and mine');
    await notes(page).getByRole('button', { name: 'Done' }).click();
    await notes(page).locator('.prose').getByText('Hers and mine', { exact: true }).waitFor();
    await notes(other).getByRole('button', { name: 'Done' }).click();
    await notes(other).locator('.prose').getByText('Hers and mine', { exact: true }).waitFor();

    await page.getByLabel('New note').fill('Second');
    await page.keyboard.press('Control+Enter');
    await notes(page).locator('.note').nth(1).waitFor();
    await notes(page).locator('.note', { hasText: 'Hers and mine' }).getByRole('button', { name: 'Pin' }).click();
    await notes(other).locator('.note').first().getByText('Pinned').waitFor();
    await notes(page).locator('.note', { hasText: 'Second' }).getByRole('button', { name: 'Delete' }).click();
    await notes(other).locator('.prose').getByText('Second').waitFor({ state: 'detached' });
    await page.locator('.facts').getByRole('button', { name: 'Undo' }).click();
    await notes(other).locator('.prose').getByText('Second').waitFor();
    noErrors(page);
    noErrors(other);
    await page.context().close();
    await other.context().close();
});

test('what is open stays open while others change things, also when an answer does not come', async () => {
    const page = await newTeammate(browser, server);
    await open(page);
    await live(page);
    await page.getByLabel('New note').fill('Mine for now');
    await page.keyboard.press('Control+Enter');
    const note = notes(page).locator('.note', { hasText: /Mine for now|Half a word/ });
    await note.getByText('Edit').click();
    await note.getByRole('button', { name: 'Done' }).waitFor();
    await note.getByLabel('Text of the note').fill('Half a word');
    const heading = page.getByRole('heading', { name: 'Grace' });
    for (const [name, away] of [['Grace B. Hopper', false], ['Grace M. Hopper', true], ['Grace Hopper', false]]) {
        if (away) await page.route('**/do/*', (route) => route.abort());
        const asked = page.waitForRequest('**/do/profile*');
        await send(server, 'identify', { userId: 'grace', traits: { name } });
        await asked;
        if (away) await page.waitForTimeout(500);
        else await heading.getByText(name, { exact: true }).waitFor();
        await page.unroute('**/do/*');
        assert.equal(await note.getByLabel('Text of the note').inputValue(), 'Half a word', `nothing typed is lost (${name})`);
    }
    await notes(page).getByRole('button', { name: 'Done' }).click();
    await notes(page).locator('.prose').getByText('Half a word').waitFor();
    noErrors(page, /ERR_FAILED/);
    await page.context().close();
});

test('without JavaScript notes are written, refused, edited, deleted and brought back', async () => {
    const page = await newTeammate(browser, server, { javaScript: false });
    await open(page, 'نور');
    await page.getByLabel('New note').fill('ملاحظة');
    await page.getByRole('button', { name: 'Save note' }).click();
    await notes(page).getByText('ملاحظة').first().waitFor();
    await page.getByLabel('New note').fill('   ');
    await page.getByRole('button', { name: 'Save note' }).click();
    await page.getByRole('alert').filter({ hasText: 'Write something' }).waitFor();
    await notes(page).getByText('Edit').click();
    await notes(page).getByLabel('Text of the note').fill('changed');
    await notes(page).getByRole('button', { name: 'Save' }).click();
    await notes(page).getByText('changed').first().waitFor();
    await notes(page).getByRole('button', { name: 'Delete' }).click();
    await page.locator('.stream').getByRole('button', { name: 'Undo' }).click();
    await notes(page).getByText('changed').first().waitFor();
    noErrors(page);
    await page.context().close();
});

test('notes look right on every screen', async () => {
    for (const [phone, dark] of [[false, false], [false, true], [true, false], [true, true]]) {
        const page = await newTeammate(browser, server, { phone, dark });
        await open(page);
        await live(page);
        await picture(page, `notes-${phone ? 390 : 1440}-${dark ? 'dark' : 'light'}`);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        assert.equal(wide, false, 'nothing is wider than the screen');
        noErrors(page);
        await page.context().close();
    }
});

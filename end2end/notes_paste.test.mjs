// What is pasted, dropped and linked to in notes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessible, holds, live, newTab, newTeammate, noErrors, openNote, picture, ready, send, startBrowser, startServer } from './support.mjs';

let server;
let browser;
let page;
before(async () => {
    server = await startServer();
    browser = await startBrowser();
    await send(server, 'identify', { userId: 'ida', traits: { name: 'Ida Rhodes', email: 'ida@example.com' } });
    await send(server, 'identify', { userId: 'bob', traits: { name: 'Bob Noyce' } });
    page = await newTeammate(browser, server);
    await open(page, 'Ida Rhodes');
});
after(async () => {
    await browser?.close();
    assert.equal(await server?.stop(), 0, 'the server stops cleanly');
});

const open = async (page, name) => {
    await page.goto(`${server.url}/people`);
    await page.getByRole('link', { name }).click();
    await page.getByRole('heading', { name }).waitFor();
    await page.waitForURL(/\/contacts\/\d+/);
    await live(page);
    await ready(page);
};
const item = (page) => page.locator('.notes .note').first();
const field = (page) => item(page).getByLabel('Text of the note');
const begin = (page) => openNote(item(page));
/** Pastes as a browser does: what nobody takes is put in as plain text. */
const paste = (field, given) => field.evaluate((field, given) => {
    field.focus();
    const data = new DataTransfer();
    for (const [type, text] of Object.entries(given)) if (type !== 'png') data.setData(type, text);
    if (given.png) data.items.add(new File([Uint8Array.from(atob(given.png), (c) => c.charCodeAt(0))], 'screen.png', { type: 'image/png' }));
    const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
    if (field.dispatchEvent(event)) document.execCommand('insertText', false, data.getData('text/plain'));
}, given);
const shows = (page, text) => page.waitForFunction((text) => document.querySelector('.note-desk textarea')?.value === text, text);
/** What the browser says of a handler in a page that is read: that it does not run it. */
const REFUSED = /400|Executing inline event handler/;
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

test('a page is pasted as Markdown, as one step, and nothing in it runs', async () => {
    const write = page.getByLabel('New note');
    await write.fill('Before. ');
    await paste(write, { 'text/plain': 'a b', 'text/html': '<p>a <b>b</b></p>' });
    await page.waitForFunction(() => document.querySelector('#write-note').value === 'Before. a **b**');
    await page.keyboard.press('Control+z');
    await page.waitForFunction(() => document.querySelector('#write-note').value === 'Before. ');
    await write.press('Control+Enter');
    await item(page).locator('.prose').getByText('Before.').waitFor();
    await begin(page);
    await field(page).press('Control+End');
    await field(page).pressSequentially(' Typed. ');
    const html = `<meta charset="utf-8"><h2>Plan</h2><ul><li>one <a href="https://a.example/x">link</a></li><li><input type="checkbox" checked>two</li></ul>
        <table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>
        <img src="x" onerror="window.ran = true"><script>window.ran = true</script><a href="javascript:window.ran = true">press</a><iframe srcdoc="<script>parent.ran = true</script>"></iframe>`;
    const markdown = '\n\n## Plan\n\n- one [link](https://a.example/x)\n- [x] two\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\npress';
    const before = await field(page).inputValue();
    await paste(field(page), { 'text/plain': 'Plan one link two', 'text/html': html });
    await shows(page, before + markdown);
    await field(page).pressSequentially(' more');
    await shows(page, `${before}${markdown} more`);
    await page.keyboard.press('Control+z');
    await shows(page, before + markdown);
    await page.keyboard.press('Control+z');
    await shows(page, before);
    await page.keyboard.press('Control+y');
    await shows(page, before + markdown);
    await item(page).locator('.note-saved').getByText('Saved').waitFor();
    assert.equal(await page.evaluate(() => window.ran), undefined, 'nothing ran');
    noErrors(page, REFUSED);
});

test('an address that is pasted over words leads from them', async () => {
    await field(page).fill('See the offer now');
    const select = (from, to) => field(page).evaluate((field, [from, to]) => field.setSelectionRange(from, to), [from, to]);
    await select(4, 13);
    await paste(field(page), { 'text/plain': 'https://a.example/offer ' });
    await shows(page, 'See [the offer](https://a.example/offer) now');
    await page.keyboard.press('Control+z');
    await shows(page, 'See the offer now');
    // Where nothing is selected, and in code, it is put in as it is.
    await select(17, 17);
    await paste(field(page), { 'text/plain': ' https://a.example' });
    await shows(page, 'See the offer now https://a.example');
    await field(page).fill('```\ncode');
    await select(4, 8);
    await paste(field(page), { 'text/plain': 'https://a.example' });
    await shows(page, '```\nhttps://a.example');
    await field(page).fill('Before.');
    noErrors(page, REFUSED);
});

test('plain text is put in as it is, without signs that nobody sees, and what is too long is refused', async () => {
    await field(page).fill('');
    await paste(field(page), { 'text/plain': '*a* <b>', 'text/html': '<span style="color:red">*a* &lt;b&gt;</span>' });
    await shows(page, '*a* <b>');
    await field(page).fill('');
    await paste(field(page), { 'text/plain': 'a\u0000b\u0007c' });
    await shows(page, 'abc');
    await field(page).fill('```\n');
    await field(page).press('Control+End');
    await paste(field(page), { 'text/plain': 'let a;', 'text/html': '<b>let</b> a;' });
    await shows(page, '```\nlet a;');
    await paste(field(page), { 'text/plain': 'x'.repeat(1_000_000) });
    await item(page).getByRole('alert').getByText('too long for one note').waitFor();
    await shows(page, '```\nlet a;');
    // In a block of code the plain text is taken, however much the page has.
    await paste(field(page), { 'text/plain': 'x', 'text/html': `<b>${'y '.repeat(300_000)}</b>` });
    await shows(page, '```\nlet a;x');
    await item(page).locator('.note-saved').getByText('Saved').waitFor();
    noErrors(page, REFUSED);
});

test('a picture is pasted, dropped and chosen, and shown where the note is read', async () => {
    await field(page).fill('See ');
    await field(page).press('Control+End');
    await paste(field(page), { png: PNG });
    await page.waitForFunction(() => /^See !\[screen\]\(\/attachments\/\d+\/screen.png\)$/.test(document.querySelector('.note-desk textarea').value));
    await field(page).evaluate((field, png) => {
        const data = new DataTransfer();
        data.items.add(new File([Uint8Array.from(atob(png), (c) => c.charCodeAt(0))], 'dropped.png', { type: 'image/png' }));
        field.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
    }, PNG);
    await page.waitForFunction(() => document.querySelector('.note-desk textarea').value.includes('![dropped]('));
    await item(page).getByLabel('Add picture').setInputFiles({ name: 'no.png', mimeType: 'image/png', buffer: Buffer.from('<svg onload=alert(1)>') });
    await item(page).getByRole('alert').getByText('A note takes pictures').waitFor();
    await item(page).getByRole('button', { name: 'Done' }).click();
    await item(page).locator('.prose img').nth(1).waitFor();
    await page.waitForFunction(() => [...document.querySelectorAll('.notes .note .prose img')].every((img) => img.complete && img.naturalWidth === 1));
    assert.equal(await item(page).locator('.prose img').first().getAttribute('alt'), 'screen');
    // A note that is not there yet takes one too.
    await paste(page.getByLabel('New note'), { png: PNG });
    await page.waitForFunction(() => document.querySelector('#write-note').value.startsWith('![screen]('));
    await page.getByRole('button', { name: 'Save note' }).click();
    await page.locator('.notes .note').nth(1).waitFor();
    await page.waitForFunction(() => document.querySelectorAll('.notes .note .prose img').length === 3);
    // The refused one is what the browser says of it, too.
    noErrors(page, REFUSED);
});

test('a sign offers whom and what to lead to, and shows a card', async () => {
    const write = page.getByLabel('New note');
    await write.fill('');
    await write.pressSequentially('Ask #noy');
    await page.getByRole('option', { name: 'Bob Noyce' }).waitFor();
    // The field is at the top of the page, where a list above it would be cut off.
    await holds(async () => {
        const [at, list] = [await write.boundingBox(), await page.getByRole('listbox').boundingBox()];
        return list.y >= at.y + at.height;
    }, 'it stands below the field');
    await picture(page, 'notes-links-offered');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => /^Ask \[Bob Noyce\]\(\/contacts\/\d+\) $/.test(document.querySelector('#write-note').value));
    await page.keyboard.press('Control+Enter');
    const link = page.locator('.notes .prose .ref-to');
    await link.waitFor();
    assert.equal(await link.innerText(), 'Bob Noyce');
    const card = page.locator('.notes .prose .ref-card');
    assert.equal(await card.isVisible(), false);
    await link.hover();
    await card.waitFor();
    await holds(async () => {
        const [words, under] = [await link.boundingBox(), await card.boundingBox()];
        return Math.abs(words.x - under.x) < 2;
    }, 'it stands under its link');
    await picture(page, 'notes-card');
    await page.mouse.move(0, 0);
    await card.waitFor({ state: 'hidden' });
    await link.focus();
    await card.waitFor();
    await accessible(page);
    // Escape takes it away, with the focus where it is; who comes again sees it again.
    await page.keyboard.press('Escape');
    await card.waitFor({ state: 'hidden' });
    assert.equal(await link.evaluate((link) => link === document.activeElement), true);
    await page.locator('#write-note').focus();
    await link.focus();
    await card.waitFor();
    // In a table that is wider than a narrow column the card stays whole and on the screen.
    const narrow = await newTab(page);
    await narrow.setViewportSize({ width: 390, height: 844 });
    const profile = page.url().split('?')[0];
    await narrow.goto(profile);
    await ready(narrow);
    await narrow.getByLabel('New note').fill('| Who | What is said of them at length | a_word_that_is_longer_than_any_column_of_a_phone |\n| --- | --- | --- |\n| [Bob Noyce](/contacts/1) | x | y |');
    const to = await link.getAttribute('href');
    await narrow.getByLabel('New note').evaluate((field, to) => { field.value = field.value.replace('/contacts/1)', `${to})`); field.dispatchEvent(new Event('input', { bubbles: true })); }, to);
    await narrow.getByRole('button', { name: 'Save note' }).click();
    await narrow.waitForFunction(() => document.querySelector('#write-note').value === '');
    await narrow.goto(`${profile}?view=facts`);
    await ready(narrow);
    const inTable = narrow.locator('.notes .prose td .ref-to');
    await inTable.waitFor();
    await inTable.focus();
    await narrow.locator('.notes .prose td .ref-card').waitFor();
    await holds(async () => {
        const place = await narrow.locator('.notes .prose td .ref-card').boundingBox();
        return place.x >= 0 && place.x + place.width <= 390 && place.height > 30;
    }, 'it is whole and on the screen');
    assert.equal(await narrow.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, 'the page is no wider than the screen');
    await picture(narrow, 'notes-card-table');
    // Who has no mouse scrolls it by the arrow keys.
    await narrow.locator('.notes .prose table').first().focus();
    await narrow.keyboard.press('ArrowRight');
    await narrow.waitForFunction(() => document.querySelector('.notes .prose table').scrollLeft > 0);
    await accessible(narrow);
    await inTable.focus();
    await narrow.keyboard.press('Escape');
    await narrow.locator('.notes .prose td .ref-card').waitFor({ state: 'hidden' });
    await narrow.locator('.notes .note').first().getByRole('button', { name: 'Delete' }).click();
    await inTable.waitFor({ state: 'detached' });
    await narrow.close();
    // Its present name, also for who reads without a script.
    await send(server, 'identify', { userId: 'bob', traits: { name: 'Robert Noyce' } });
    const plain = await newTeammate(browser, server, { javaScript: false });
    await plain.goto(page.url());
    await plain.locator('.notes .prose .ref-to').getByText('Robert Noyce').waitFor();
    assert.equal(await plain.locator('.note-picture').first().isVisible(), false, 'no button that does nothing');
    await plain.context().close();
    await link.click();
    await page.getByRole('heading', { name: 'Robert Noyce' }).waitFor();
    noErrors(page, REFUSED);
});

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessible, becomes, live, newColleague, newPage, newTeammate, noErrors, none, openNote, picture, ready, send, startBrowser, startServer } from './support.mjs';

let server;
let browser;
let ada;
let grace;
before(async () => {
    server = await startServer();
    browser = await startBrowser();
    await send(server, 'identify', { userId: 'ida', traits: { name: 'Ida Rhodes' } });
    ada = await newTeammate(browser, server);
    grace = await newColleague(browser, server, ada, 'Grace Hopper', 'grace@example.com');
    // A conversation, and a note of Ada's in it.
    await ada.goto(`${server.url}/people`);
    const href = await ada.getByRole('link', { name: 'Ida Rhodes' }).getAttribute('href');
    const talk = await ada.evaluate(async (contact) => {
        const form = new FormData();
        for (const [name, value] of Object.entries({ contact, body: 'Hello Ida', client_id: 'begin' })) form.set(name, value);
        return new URL((await fetch('/inbox/start', { method: 'POST', body: form })).url).pathname;
    }, href.match(/\d+/)[0]);
    await ada.goto(`${server.url}${talk}`);
    await ready(ada);
    await live(ada);
    await ada.locator('.composer-switch').getByText('Note').click();
    await ada.locator('#compose').fill('They renew in May.');
    await ada.keyboard.press('Control+Enter');
    await item(ada).locator('.prose').getByText('They renew in May.').waitFor();
    await grace.goto(ada.url());
    await ready(grace);
    await live(grace);
});
after(async () => {
    await browser?.close();
    assert.equal(await server?.stop(), 0, 'the server stops cleanly');
});

const item = (page) => page.locator('.part[data-side="note"]').first();
const field = (page) => item(page).getByLabel('Text of the note');
const line_of = (page) => item(page).locator('.note-together');
const begin = (page) => openNote(item(page));
const shows = (page, text) =>
    page.waitForFunction((text) => document.querySelector('.part .note-desk textarea')?.value === text, text);
const at = (page, place) => field(page).evaluate((field, place) => {
    field.focus();
    field.setSelectionRange(place, place);
    field.dispatchEvent(new PointerEvent('pointerup', { bubbles: true }));
}, place);

test('two teammates write in one note of a conversation at once', async () => {
    await begin(ada);
    await begin(grace);
    await line_of(ada).getByText('Grace Hopper is here').waitFor();
    await at(ada, 0);
    await at(grace, 18);
    await item(ada).locator('.note-caret[data-name="Grace Hopper"]').waitFor();
    await Promise.all([
        field(ada).pressSequentially('Ask again: ', { delay: 15 }),
        field(grace).pressSequentially(' Grace knows the buyer.', { delay: 12 }),
    ]);
    const both = 'Ask again: They renew in May. Grace knows the buyer.';
    await shows(ada, both);
    await shows(grace, both);
    await line_of(ada).getByText('Grace Hopper is writing').waitFor();
    // The thread is told of the text, and the field stays while somebody writes in it.
    await ada.waitForTimeout(2_500);
    assert.equal(await item(ada).locator('.note-edit[open]').count(), 1);
    await shows(ada, both);
    await field(ada).press('Control+z');
    await shows(grace, 'They renew in May. Grace knows the buyer.');
    await picture(ada, 'notes-talk-1440-light');
    for (const page of [ada, grace]) await item(page).getByRole('button', { name: 'Done' }).click();
    await item(ada).locator('.prose').getByText('They renew in May. Grace knows the buyer.').waitFor();
    await item(ada).getByText(/^edited/).waitFor();
    noErrors(ada);
    noErrors(grace);
});

test('who saw it last stands below it, in every tab', async () => {
    await item(ada).locator('.note-seen').getByText('Grace Hopper').waitFor();
    await item(grace).locator('.note-seen').getByText('Ada Lovelace').waitFor();
    assert.match(await item(ada).locator('.note-seen').innerText(), /^Seen by Grace Hopper /);
    await item(ada).getByText('History', { exact: true }).click();
    await item(ada).locator('.note-seen-list li').getByText('Grace Hopper').waitFor();
    await item(ada).getByText('History', { exact: true }).click();
    await accessible(ada);
    await picture(ada, 'notes-talk-seen-1440-light');
    noErrors(ada);
    noErrors(grace);
});

test('a message that comes meanwhile takes no field away', async () => {
    await begin(grace);
    await at(grace, 0);
    await field(grace).pressSequentially('Now: ');
    await ada.locator('.composer-switch').getByText('Reply').click();
    await ada.locator('#compose').fill('Something else');
    await ada.keyboard.press('Control+Enter');
    await grace.locator('.part').filter({ hasText: 'Something else' }).waitFor();
    await field(grace).pressSequentially('still ');
    await shows(grace, 'Now: still They renew in May. Grace knows the buyer.');
    await item(grace).getByRole('button', { name: 'Done' }).click();
    await item(ada).locator('.prose').getByText('Now: still They renew').waitFor();
    await item(ada).getByText('edited by Grace Hopper').waitFor();
    noErrors(ada);
    noErrors(grace);
});

test('its history is stepped through and restored, and its author alone deletes it', async () => {
    await item(ada).getByText('History', { exact: true }).click();
    const steps = item(ada).getByRole('list', { name: 'History of the note' }).getByRole('listitem');
    const first = steps.last();
    await first.getByRole('link', { name: 'Show' }).click();
    await first.locator('.prose').getByText('They renew in May.', { exact: true }).waitFor();
    await first.getByRole('button', { name: 'Restore' }).click();
    await item(grace).locator('.prose').first().getByText('They renew in May.', { exact: true }).waitFor();
    await item(ada).getByText('History', { exact: true }).click();
    assert.equal(await item(grace).getByRole('button', { name: 'Delete' }).count(), 0, 'it is not hers');
    await begin(grace);
    await at(grace, 18);
    await item(ada).getByRole('button', { name: 'Delete' }).click();
    await item(grace).getByText('Note deleted').waitFor();
    assert.equal(await item(grace).getByRole('button', { name: 'Undo' }).count(), 0, 'nor does she bring it back');
    // The way back is there on any page of hers, as long as there is one.
    await ada.reload();
    await ready(ada);
    await live(ada);
    await item(ada).getByRole('button', { name: 'Undo' }).click();
    // She has it open still, and her field has the text again.
    await shows(grace, 'They renew in May.');
    await line_of(grace).getByText('Saved', { exact: true }).waitFor();
    await begin(ada);
    await at(grace, 18);
    await field(grace).pressSequentially(' Yes.');
    await shows(ada, 'They renew in May. Yes.');
    for (const page of [ada, grace]) await item(page).getByRole('button', { name: 'Done' }).click();
    noErrors(ada);
    noErrors(grace);
});

test('without JavaScript it is a form that merges, and on a phone it can be used', async () => {
    const plain = await newTeammate(browser, server, { javaScript: false });
    await plain.goto(ada.url().split('?')[0]);
    await item(plain).getByText('Edit', { exact: true }).click();
    await begin(ada);
    await at(ada, 0);
    await field(ada).pressSequentially('Zero. ');
    await line_of(ada).getByText('Saved').waitFor();
    await field(plain).fill('They renew in June. Yes.');
    await item(plain).getByRole('button', { name: 'Save' }).click();
    await shows(ada, 'Zero. They renew in June. Yes.');
    noErrors(plain);
    await plain.context().close();
    for (const dark of [false, true]) {
        const phone = await newPage(browser, { phone: true, dark });
        await phone.context().addCookies(await grace.context().cookies());
        await phone.goto(ada.url());
        await ready(phone);
        await live(phone);
        await begin(phone);
        await accessible(phone);
        await item(phone).scrollIntoViewIfNeeded();
        await picture(phone, `notes-talk-390-${dark ? 'dark' : 'light'}`);
        const wide = await phone.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        assert.equal(wide, false, 'nothing is wider than the screen');
        noErrors(phone);
        await phone.context().close();
    }
    noErrors(ada);
});

test('without JavaScript it is deleted and brought back where it stands', async () => {
    const plain = await newPage(browser, { javaScript: false });
    await plain.context().addCookies(await ada.context().cookies());
    await plain.goto(ada.url());
    const place = await item(plain).getAttribute('id');
    await item(plain).getByRole('button', { name: 'Delete' }).click();
    await plain.waitForURL((address) => address.hash === `#${place}`);
    await plain.locator(`#${place}`).getByText('Note deleted.').waitFor();
    await plain.goto(ada.url());
    await plain.locator(`#${place}`).getByRole('button', { name: 'Undo' }).click();
    await plain.waitForURL((address) => address.hash === `#${place}`);
    await plain.locator(`#${place} .prose`).waitFor();
    noErrors(plain);
    await plain.context().close();
    await item(ada).getByRole('button', { name: 'Delete' }).waitFor();
});

test('it takes a picture after it was written, and its boxes are ticked where it is read', async () => {
    if (await item(ada).locator('.note-edit[open]').count() === 0) await begin(ada);
    await field(ada).press('Control+End');
    await field(ada).pressSequentially('\n\n- [ ] Call them\n\n');
    await field(ada).evaluate((field) => {
        const data = new DataTransfer();
        const png = atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==');
        data.items.add(new File([Uint8Array.from(png, (c) => c.charCodeAt(0))], 'screen.png', { type: 'image/png' }));
        field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
    });
    await ada.waitForFunction(() => /!\[screen\]\(\/attachments\/\d+\/screen.png\)$/.test(document.querySelector('.part .note-desk textarea').value));
    await item(ada).getByRole('button', { name: 'Done' }).click();
    await item(grace).locator('.prose img').waitFor();
    await item(grace).getByRole('checkbox', { name: 'Call them' }).click();
    await item(ada).getByRole('checkbox', { name: 'Call them', checked: true }).waitFor();
    noErrors(ada);
    noErrors(grace);
});

/** What has the focus, in a word. */
const focused = (page, what) => page.waitForFunction((what) => document.activeElement?.matches(what), what).catch(async () => {
    assert.equal(await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200)), what, 'what has the focus');
});

test('by the keyboard it is opened, closed, deleted and brought back, and no letter of who writes in it is a shortcut', async () => {
    await grace.reload();
    await ready(grace);
    await live(grace);
    if (await item(ada).locator('.note-edit[open]').count()) await item(ada).getByRole('button', { name: 'Done' }).click();
    await item(grace).locator('.note-edit summary').focus();
    await grace.keyboard.press('Enter');
    await focused(grace, '.note-desk textarea');
    await item(grace).getByRole('button', { name: 'Done' }).waitFor();
    // Letters that are shortcuts of the inbox: here they are words.
    await grace.keyboard.type(' zenraut');
    await line_of(grace).getByText('Saved', { exact: true }).waitFor();
    await item(ada).getByRole('button', { name: 'Delete' }).focus();
    await ada.keyboard.press('Enter');
    await focused(ada, '.part-gone button');
    await item(grace).getByRole('alert').getByText('This note was deleted while you were writing').waitFor();
    await focused(grace, '.note-desk textarea');
    const address = grace.url();
    await grace.keyboard.type('e zeta');
    assert.equal(grace.url(), address);
    assert.equal(await grace.locator('#thread-shelve').innerText(), await ada.locator('#thread-shelve').innerText(), 'nothing was closed');
    await ada.keyboard.press('Enter');
    await item(ada).locator('.prose').getByText('zenraut').waitFor();
    await focused(ada, '.part[data-side="note"]');
    await line_of(grace).getByText('Saved', { exact: true }).waitFor();
    await grace.keyboard.press('Control+Enter');
    await focused(grace, '.note-edit summary');
    await item(ada).locator('.prose').getByText('e zeta').waitFor();
    noErrors(ada);
    noErrors(grace);
});

/** Pastes as a browser does: what nobody takes is put in as plain text. */
const paste = (page, given) => page.locator('#compose').evaluate((field, given) => {
    field.focus();
    const data = new DataTransfer();
    for (const [type, text] of Object.entries(given)) if (type !== 'png') data.setData(type, text);
    if (given.png) data.items.add(new File([Uint8Array.from(atob(given.png), (c) => c.charCodeAt(0))], 'screen.png', { type: 'image/png' }));
    const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
    if (field.dispatchEvent(event)) document.execCommand('insertText', false, data.getData('text/plain'));
}, given);

test('a new note is written by the keys of any other, and a reply has lines of its own', async () => {
    const compose = ada.locator('#compose');
    const turn = (word) => ada.locator('.composer-switch').getByText(word, { exact: true }).click();
    await turn('Note');
    await compose.fill('');
    await compose.pressSequentially('- [x] call');
    await compose.press('Enter');
    await compose.pressSequentially('offer');
    await becomes(() => compose.inputValue(), '- [x] call\n- [ ] offer');
    // At an item without words the list ends.
    await compose.press('Enter');
    await compose.press('Enter');
    await compose.press('Shift+Enter');
    await compose.pressSequentially('9. nine');
    await compose.press('Enter');
    await compose.pressSequentially('ten');
    const list = '- [x] call\n- [ ] offer\n\n9. nine\n10. ten';
    await becomes(() => compose.inputValue(), list);
    // The key that takes a word from an input method begins no line; some browsers say so by its number alone.
    for (const how of [{ isComposing: true }, { keyCode: 229 }]) {
        const taken = await compose.evaluate((field, how) => !field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, ...how })), how);
        assert.equal(taken, false, JSON.stringify(how));
    }
    assert.equal(await compose.inputValue(), list);
    await ada.keyboard.press('Control+Enter');
    const written = ada.locator('.part[data-side="note"]').last();
    await written.locator('.prose li').getByText('ten').waitFor();
    await becomes(() => written.getByRole('checkbox').count(), 2);
    for (const kind of ['Note', 'Reply']) {
        await turn(kind);
        for (const [key, before, behind] of [['b', '**', '**'], ['i', '_', '_'], ['e', '`', '`'], ['k', '[', '](https://)']]) {
            await compose.fill('one two three');
            await compose.evaluate((field) => field.setSelectionRange(4, 7));
            await compose.press(`Control+${key}`);
            await becomes(() => compose.inputValue(), `one ${before}two${behind} three`, kind);
            await compose.press(`Control+${key}`);
            await becomes(() => compose.inputValue(), 'one two three', kind);
        }
    }
    await compose.fill('- one');
    await compose.press('End');
    await compose.press('Enter');
    await compose.pressSequentially('two');
    await becomes(() => compose.inputValue(), '- one\ntwo');
    await compose.fill('');
    noErrors(ada);
});

test('a page is pasted into a new note as Markdown, and into a reply as words', async () => {
    const compose = ada.locator('#compose');
    const turn = (word) => ada.locator('.composer-switch').getByText(word, { exact: true }).click();
    const page = { 'text/plain': 'Plan one big', 'text/html': '<h2>Plan</h2><ul><li>one <b>big</b></li></ul><script>window.ran = true</script>' };
    const shows = (text) => ada.waitForFunction((text) => document.querySelector('#compose').value === text, text);
    await turn('Note');
    await compose.fill('Before.');
    await compose.press('End');
    await paste(ada, page);
    await shows('Before.\n\n## Plan\n\n- one **big**');
    await ada.keyboard.press('Control+z');
    await shows('Before.');
    await compose.fill('');
    await paste(ada, { 'text/plain': 'a\u0007\ufeffb\r\nc' });
    await shows('ab\nc');
    await compose.fill('');
    await turn('Reply');
    await paste(ada, page);
    await shows('Plan one big');
    await compose.fill('');
    assert.equal(await ada.evaluate(() => window.ran), undefined, 'nothing ran');
    noErrors(ada);
});

test('what is too much at once is not cut off in silence, and words that bring a picture of themselves stay words', async () => {
    await ada.locator('.composer-switch').getByText('Note').click();
    await ada.locator('#compose').fill('Before. ');
    await paste(ada, { 'text/plain': 'x'.repeat(1_000_000) });
    await ada.locator('.composer').getByRole('alert').getByText('too long for one message').waitFor();
    assert.equal(await ada.locator('#compose').inputValue(), 'Before. ');
    const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
    await ada.locator('#compose').press('Control+End');
    await paste(ada, { 'text/plain': 'Two cells', png });
    await becomes(() => ada.locator('#compose').inputValue(), 'Before. Two cells');
    // It is said no longer.
    await none(ada.locator('.composer').getByRole('alert'));
    assert.equal(await ada.locator('.composer .chip').count(), 0);
    await paste(ada, { png });
    await ada.locator('.composer .chip').waitFor();
    noErrors(ada);
});

test('what stands deep within others makes no page wider on a phone', async () => {
    await ada.locator('.composer-switch').getByText('Note').click();
    await ada.locator('#compose').fill(`${'> '.repeat(40)}deep words`);
    await ada.keyboard.press('Control+Enter');
    await ada.locator('.part .prose').getByText('deep words').waitFor();
    const phone = await newTeammate(browser, server, { phone: true });
    await phone.goto(ada.url());
    await phone.locator('.part .prose').getByText('deep words').waitFor();
    // A phone shows a page that is wider as a whole, and smaller.
    assert.equal(await phone.evaluate(() => innerWidth), 390);
    noErrors(ada);
    noErrors(phone);
    await phone.context().close();
});

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessible, becomes, holds, live, newColleague, newTeammate, noErrors, openNote, picture, ready, send, startBrowser, startServer } from './support.mjs';

let server;
let browser;
before(async () => {
    server = await startServer();
    browser = await startBrowser();
    await send(server, 'identify', { userId: 'ida', traits: { name: 'Ida Rhodes' } });
});
after(async () => {
    await browser?.close();
    assert.equal(await server?.stop(), 0, 'the server stops cleanly');
});

const open = async (page, view = 'facts') => {
    await page.goto(`${server.url}/people`);
    await page.getByRole('link', { name: 'Ida Rhodes' }).click();
    await page.getByRole('heading', { name: 'Ida Rhodes' }).waitFor();
    await page.waitForURL(/\/contacts\/\d+/);
    await page.goto(`${page.url().split('?')[0]}?view=${view}`);
    await live(page);
    await ready(page);
};
const item = (page) => page.locator('.notes .note').first();
const field = (page) => item(page).getByLabel('Text of the note');
const toolbar = (page) => item(page).getByRole('toolbar', { name: 'Formatting' });
const tool = (page, name) => toolbar(page).getByRole('button', { name, exact: true });
const begin = async (page) => {
    await openNote(item(page));
    await toolbar(page).waitFor();
};
const write = async (page, text) => {
    await field(page).fill(text);
    await field(page).press('Control+End');
};
const shows = (page, text) => page.waitForFunction((text) => document.querySelector('.note-desk textarea').value === text, text).catch(async () => {
    assert.equal(await field(page).inputValue(), text);
});
const selected = (page) => field(page).evaluate((field) => field.value.slice(field.selectionStart, field.selectionEnd));
const isIn = (page) => field(page).evaluate((field) => field === document.activeElement);
/** Selects these words of the text, as a long press and two handles do. */
const choose = (page, words) => field(page).evaluate((field, words) => {
    const start = field.value.indexOf(words);
    field.focus();
    field.setSelectionRange(start, start + words.length);
}, words);

test('on a phone a note is given its form by the thumb alone, and the keyboard stays', async () => {
    const page = await newTeammate(browser, server, { phone: true });
    await open(page, 'stream');
    // The buttons are there as soon as somebody begins a note.
    assert.equal(await page.getByRole('toolbar').count(), 0);
    await page.getByLabel('New note').tap();
    const first = page.getByRole('toolbar', { name: 'Formatting' });
    await first.waitFor();
    await first.getByRole('button', { name: 'Heading' }).tap();
    await page.keyboard.type('Renewal');
    await becomes(() => page.getByLabel('New note').inputValue(), '## Renewal');
    await page.getByRole('button', { name: 'Save note' }).tap();
    await page.locator('.stream').getByText('Renewal').first().waitFor();
    await open(page);
    await item(page).getByRole('heading', { name: 'Renewal' }).waitFor();
    await begin(page);

    await write(page, 'ask the buyer');
    await choose(page, 'buyer');
    await tool(page, 'Bold').tap();
    await shows(page, 'ask the **buyer**');
    await holds(() => isIn(page), 'the keyboard stays');
    await becomes(() => selected(page), 'buyer', 'what is selected stays selected');
    await tool(page, 'Italic').tap();
    await shows(page, 'ask the **_buyer_**');
    await tool(page, 'Italic').tap();
    await tool(page, 'Bold').tap();
    await shows(page, 'ask the buyer');
    // A cursor in a word means the word.
    await field(page).evaluate((field) => field.setSelectionRange(10, 10));
    await tool(page, 'Code').tap();
    await shows(page, 'ask the `buyer`');
    await tool(page, 'Code').tap();

    // Whole lines, wherever in them the cursor is.
    for (const [name, text] of [['Heading', '## ask the buyer'], ['List', '- ask the buyer'], ['Check box', '- [ ] ask the buyer'], ['Quote', '> ask the buyer']]) {
        await tool(page, name).tap();
        await shows(page, text);
        await tool(page, name).tap();
        await shows(page, 'ask the buyer');
    }
    await tool(page, 'Check box').tap();
    await field(page).press('Control+End');
    await page.keyboard.press('Enter');
    await page.keyboard.type('call');
    await shows(page, '- [ ] ask the buyer\n- [ ] call');

    // What a link leads to is typed, or pasted, over what is selected.
    await choose(page, 'buyer');
    await tool(page, 'Link').tap();
    await shows(page, '- [ ] ask the [buyer](https://)\n- [ ] call');
    await becomes(() => selected(page), 'https://');
    await page.keyboard.insertText('https://example.com/b');
    await item(page).getByRole('button', { name: 'Done' }).tap();
    await item(page).getByRole('link', { name: 'buyer' }).waitFor();
    assert.equal(await item(page).getByRole('link', { name: 'buyer' }).getAttribute('href'), 'https://example.com/b');
    await item(page).getByRole('checkbox', { name: 'call' }).tap();
    await item(page).getByRole('checkbox', { name: 'call', checked: true }).waitFor();
    noErrors(page);
    await page.context().close();
});

test('the buttons are large enough for a thumb and stand above the keyboard, however long the note is', async () => {
    for (const dark of [false, true]) {
        const page = await newTeammate(browser, server, { phone: true, dark });
        await open(page);
        await begin(page);
        await write(page, Array.from({ length: 60 }, (_, n) => `Line ${n} of a long note`).join('\n'));
        const boxes = await toolbar(page).getByRole('button').evaluateAll((all) => all.map((one) => one.getBoundingClientRect().toJSON()));
        assert.equal(boxes.length, 8);
        for (const box of boxes) {
            assert.ok(box.width >= 44 && box.height >= 44, `${box.width} by ${box.height}`);
            assert.ok(box.left >= 0 && box.right <= 390, 'all of them are on the screen');
        }
        await picture(page, `notes-toolbar-390-${dark ? 'dark' : 'light'}`);
        // A phone's keyboard covers the lower part of the page, and says so.
        await page.evaluate(() => {
            Object.defineProperty(window.visualViewport, 'height', { value: 480 });
            window.visualViewport.dispatchEvent(new Event('resize'));
        });
        await page.waitForFunction(() => {
            const place = document.querySelector('.notes .note-toolbar').getBoundingClientRect();
            return place.top > 0 && place.bottom <= 480;
        });
        await picture(page, `notes-toolbar-keyboard-390-${dark ? 'dark' : 'light'}`);
        await accessible(page);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        assert.equal(wide, false, 'nothing is wider than the screen');
        await write(page, 'Short again');
        await item(page).getByRole('button', { name: 'Done' }).tap();
        noErrors(page);
        await page.context().close();
    }
});

test('what a button did is undone in one step, and what a teammate types meanwhile stays', async () => {
    const ada = await newTeammate(browser, server, { phone: true });
    const grace = await newColleague(browser, server, await newTeammate(browser, server), 'Grace Hopper', 'grace@example.com');
    await open(ada);
    await open(grace);
    await begin(ada);
    await begin(grace);
    await write(ada, 'one two');
    await shows(grace, 'one two');
    await field(ada).press('Control+End');
    await field(ada).pressSequentially(' three');
    await choose(ada, 'two');
    await tool(ada, 'Bold').tap();
    await shows(grace, 'one **two** three');
    await field(grace).press('Control+Home');
    await field(grace).pressSequentially('zero ');
    await shows(ada, 'zero one **two** three');
    await becomes(() => selected(ada), 'two', 'the same word is selected');
    await field(ada).press('Control+z');
    await shows(grace, 'zero one two three');
    await field(ada).press('Control+Shift+z');
    await shows(grace, 'zero one **two** three');

    // The other's words wait while a word is composed, and no longer.
    await write(ada, 'word ');
    await shows(grace, 'word ');
    const input = await ada.context().newCDPSession(ada);
    await input.send('Input.imeSetComposition', { text: 'にほ', selectionStart: 2, selectionEnd: 2 });
    await tool(ada, 'Check box').tap();
    await shows(grace, '- [ ] word にほ');
    await field(grace).press('Control+End');
    await field(grace).pressSequentially('!');
    await shows(ada, '- [ ] word にほ!');
    for (const page of [ada, grace]) noErrors(page);
    for (const page of [ada, grace]) await page.context().close();
});

test('by the keyboard the buttons are one stop, and a press leads back to the text', async () => {
    const page = await newTeammate(browser, server);
    await open(page);
    await begin(page);
    await write(page, 'one two');
    await choose(page, 'two');
    await field(page).press('Tab');
    const at = () => page.evaluate(() => document.activeElement.getAttribute('aria-label'));
    await becomes(at, 'Bold');
    for (const [key, name] of [['ArrowRight', 'Italic'], ['End', 'Code'], ['ArrowRight', 'Bold'], ['ArrowLeft', 'Code'], ['Home', 'Bold']]) {
        await page.keyboard.press(key);
        await becomes(at, name);
    }
    await page.keyboard.press('Escape');
    await holds(() => isIn(page), 'back in the text');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await shows(page, 'one _two_');
    await becomes(async () => [await isIn(page), await selected(page)], [true, 'two']);
    await page.keyboard.press('Tab');
    await becomes(at, 'Italic', 'it is where it was left');
    await page.keyboard.press('Tab');
    assert.notEqual(await at(), 'Heading', 'one stop');
    await accessible(page);
    const tree = await toolbar(page).ariaSnapshot();
    assert.equal(tree.split('\n').filter((line) => line.includes('- button "')).length, 8, tree);
    for (const dark of [false, true]) {
        await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
        await item(page).scrollIntoViewIfNeeded();
        await picture(page, `notes-toolbar-1440-${dark ? 'dark' : 'light'}`);
    }
    noErrors(page);
    await page.context().close();
});

test('a new note has the keys that the buttons name', async () => {
    const page = await newTeammate(browser, server);
    await open(page);
    const write = page.getByLabel('New note');
    const marks = { B: ['**', '**'], I: ['_', '_'], E: ['`', '`'], K: ['[', '](https://)'] };
    await write.click();
    const buttons = page.locator('.composer').getByRole('toolbar', { name: 'Formatting' }).getByRole('button');
    await buttons.first().waitFor();
    const named = await buttons.evaluateAll((all) => all.map((one) => /with (\w)\)/.exec(one.title)?.[1]).filter(Boolean));
    assert.deepEqual(named.sort(), Object.keys(marks).sort());
    for (const [key, [before, behind]] of Object.entries(marks)) {
        await write.fill('one two three');
        await write.evaluate((field) => field.setSelectionRange(4, 7));
        await write.press(`Control+${key.toLowerCase()}`);
        await becomes(() => write.inputValue(), `one ${before}two${behind} three`);
        await write.press(`Control+${key.toLowerCase()}`);
        await becomes(() => write.inputValue(), 'one two three');
    }
    await write.fill('');
    noErrors(page);
    await page.context().close();
});

test('a note in a conversation has them too, new or there already, and a reply has its own', async () => {
    const first = await newTeammate(browser, server);
    await first.goto(`${server.url}/people`);
    const href = await first.getByRole('link', { name: 'Ida Rhodes' }).getAttribute('href');
    const talk = await first.evaluate(async (contact) => {
        const form = new FormData();
        for (const [name, value] of Object.entries({ contact, body: 'Hello Ida', client_id: 'begin' })) form.set(name, value);
        return new URL((await fetch('/inbox/start', { method: 'POST', body: form })).url).pathname;
    }, href.match(/\d+/)[0]);
    await first.context().close();
    for (const [phone, dark] of [[true, false], [false, false], [true, true], [false, true]]) {
        const page = await newTeammate(browser, server, { phone, dark });
        await page.goto(`${server.url}${talk}`);
        await ready(page);
        await live(page);
        const composer = page.locator('.thread-composers');
        await composer.getByText('Note', { exact: true }).click();
        const tools = composer.getByRole('toolbar', { name: 'Formatting' });
        await tools.waitFor();
        await tools.getByRole('button', { name: 'List', exact: true }).click();
        await page.keyboard.type('Renew');
        await becomes(() => page.locator('#compose').inputValue(), '- Renew');
        await becomes(() => composer.getByRole('button', { name: 'Bold' }).count(), 1, 'each once');
        await picture(page, `notes-toolbar-composer-${phone ? 390 : 1440}-${dark ? 'dark' : 'light'}`);
        const sizes = await tools.getByRole('button').evaluateAll((all) => all.map((one) => one.getBoundingClientRect().right));
        assert.ok(Math.max(...sizes) <= (phone ? 390 : 1440), 'all of them are on the screen');
        await composer.getByText('Reply', { exact: true }).click();
        await tools.waitFor({ state: 'hidden' });
        await composer.getByText('Note', { exact: true }).click();
        await page.getByRole('button', { name: 'Add note' }).click();
        const note = page.locator('.part[data-side="note"]').last();
        await note.locator('li').getByText('Renew').waitFor();
        await note.getByText('Edit', { exact: true }).click();
        await note.getByRole('button', { name: 'Done' }).waitFor();
        const inside = note.getByRole('toolbar', { name: 'Formatting' });
        await inside.getByRole('button', { name: 'Bold' }).click();
        await page.keyboard.type(' now');
        await page.waitForFunction(() => document.querySelector('.part .note-desk textarea').value === '- Renew** now**');
        await inside.scrollIntoViewIfNeeded();
        await holds(() => inside.evaluate((bar) => {
            const place = bar.getBoundingClientRect();
            return bar.contains(document.elementFromPoint(place.left + 20, place.top + 10));
        }), 'nothing lies over them');
        await picture(page, `notes-toolbar-part-${phone ? 390 : 1440}-${dark ? 'dark' : 'light'}`);
        await note.getByRole('button', { name: 'Done' }).click();
        noErrors(page);
        await page.context().close();
    }
});

test('without JavaScript, and where they do not come, a note is written as before', async () => {
    const plain = await newTeammate(browser, server, { javaScript: false, phone: true });
    await plain.goto(`${server.url}/people`);
    await plain.getByRole('link', { name: 'Ida Rhodes' }).click();
    assert.equal(await plain.getByRole('toolbar').count(), 0);
    await plain.getByLabel('New note').fill('**Plain**');
    await plain.getByRole('button', { name: 'Save note' }).click();
    await plain.locator('strong').getByText('Plain').first().waitFor();
    noErrors(plain);
    await plain.context().close();
    const page = await newTeammate(browser, server);
    await page.route(/note_editor/, (route) => route.abort());
    await open(page);
    await page.getByLabel('New note').fill('Nothing came');
    await page.getByRole('button', { name: 'Save note' }).click();
    await page.locator('.notes .prose').getByText('Nothing came').waitFor();
    assert.equal(await page.getByRole('toolbar').count(), 0);
    noErrors(page, /ERR_FAILED|note_editor|Failed to fetch|split/);
    await page.context().close();
});

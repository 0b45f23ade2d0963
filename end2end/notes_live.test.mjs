import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessible, becomes, holds, live, newColleague, newPage, newTeammate, noErrors, none, openNote, picture, ready, send, startBrowser, startServer, writing } from './support.mjs';

let server;
let browser;
let ada;
let grace;
before(async () => {
    server = await startServer();
    browser = await startBrowser();
    await send(server, 'identify', { userId: 'ida', traits: { name: 'Ida Rhodes' } });
    await send(server, 'identify', { userId: 'noor', traits: { name: 'نور الدين 🙂' } });
    ada = await newTeammate(browser, server);
    grace = await newColleague(browser, server, ada, 'Grace Hopper', 'grace@example.com');
    await line(grace);
});
after(async () => {
    await browser?.close();
    assert.equal(await server?.stop(), 0, 'the server stops cleanly');
});

/** A page whose connection can be taken away: `page.away(true)` ends it and lets no other stand. */
async function line(page) {
    let away = false;
    const open = new Set();
    await page.routeWebSocket(/\/live$/, (socket) => {
        if (away) return socket.close();
        const there = socket.connectToServer();
        open.add({ socket, there });
    });
    page.away = async (now) => {
        away = now;
        if (now) for (const { socket, there } of open) {
            await there.close().catch(() => {});
            await socket.close().catch(() => {});
        }
        open.clear();
    };
}

const open = async (page, name = 'Ida Rhodes') => {
    await page.goto(`${server.url}/people`);
    await page.getByRole('link', { name }).click();
    await page.getByRole('heading', { name }).waitFor();
    await page.waitForURL(/\/contacts\/\d+/);
    await live(page);
    await ready(page);
};
const item = (page) => page.locator('.notes .note').first();
const field = (page) => item(page).getByLabel('Text of the note');
const line_of = (page) => item(page).locator('.note-together');
const value = (page) => field(page).inputValue();
const begin = (page) => openNote(item(page));
const shows = async (page, text) => {
    const there = page.waitForFunction((text) => document.querySelector('.note-desk textarea')?.value === text, text);
    await there.catch(async () => {
        const found = await page.evaluate(() => document.querySelector('.note-desk textarea')?.value ?? null);
        assert.equal(found?.slice(0, 200), text.slice(0, 200), 'the text of the field');
        throw new Error('the field did not come to show the text in time');
    });
};
/** Puts the cursor at a place of the text. */
const at = (page, place) => field(page).evaluate((field, place) => {
    field.focus();
    field.setSelectionRange(place, place);
    field.dispatchEvent(new PointerEvent('pointerup', { bubbles: true }));
}, place);

/** Selects a stretch of the text. */
const select = (page, from, to) => field(page).evaluate((field, [from, to]) => {
    field.focus();
    field.setSelectionRange(from, to);
    field.dispatchEvent(new PointerEvent('pointerup', { bubbles: true }));
}, [from, to]);

test('two people type in one paragraph at once, and both see both', async () => {
    await open(ada);
    await open(grace);
    await ada.getByLabel('New note').fill('They renew in May.');
    await ada.keyboard.press('Control+Enter');
    await item(grace).locator('.prose').getByText('They renew in May.').waitFor();
    await begin(ada);
    await begin(grace);
    await line_of(ada).getByText('Grace Hopper is here').waitFor();
    await at(ada, 0);
    await at(grace, 18);
    await item(ada).locator('.note-caret[data-name="Grace Hopper"]').waitFor();
    // What she selects is drawn in her colour, and is a place in the text again when she has put the cursor somewhere.
    await select(grace, 5, 10);
    await item(ada).locator('.note-selected').getByText('renew', { exact: true }).waitFor();
    await holds(() => item(ada).locator('.note-desk').evaluate((desk) => {
        const [selected, caret] = ['.note-selected', '.note-caret'].map((one) => desk.querySelector(one)?.dataset.colour);
        return selected !== undefined && selected === caret;
    }), 'the selection has the colour of its cursor');
    const drawn = await item(ada).locator('.note-selected').evaluate((one) => getComputedStyle(one).backgroundColor);
    assert.notEqual(drawn, 'rgba(0, 0, 0, 0)', 'it can be seen');
    await at(grace, 18);
    await item(ada).locator('.note-selected').waitFor({ state: 'detached' });
    await Promise.all([
        field(ada).pressSequentially('Ask again: ', { delay: 15 }),
        field(grace).pressSequentially(' Grace knows the buyer.', { delay: 12 }),
    ]);
    const both = 'Ask again: They renew in May. Grace knows the buyer.';
    await shows(ada, both);
    await shows(grace, both);
    await line_of(ada).getByText('Grace Hopper is writing').waitFor();
    await line_of(ada).getByText('Saved').waitFor();
    // Hers is behind her own words, wherever the others type.
    await becomes(() => field(grace).evaluate((field) => field.selectionStart), both.length);

    // What one typed oneself is undone, and nothing else.
    await ada.keyboard.press('Control+z');
    await shows(grace, 'They renew in May. Grace knows the buyer.');
    await field(grace).press('Control+z');
    await shows(ada, 'They renew in May.');
    await field(grace).press('Control+Shift+z');
    await field(ada).press('Control+y');
    await shows(ada, both);
    await shows(grace, both);
    await line_of(ada).getByText('Grace Hopper is here').waitFor();

    await item(ada).getByRole('button', { name: 'Done' }).click();
    await item(ada).locator('.prose').getByText(both).waitFor();
    await item(grace).getByRole('button', { name: 'Done' }).click();
    await item(grace).locator('.prose').getByText(both).waitFor();
    noErrors(ada);
    noErrors(grace);
});

test('an input method composes a word while somebody else types', async () => {
    await begin(ada);
    await begin(grace);
    await field(ada).fill('ab');
    await shows(grace, 'ab');
    await at(ada, 1);
    const input = await ada.context().newCDPSession(ada);
    await input.send('Input.imeSetComposition', { text: 'に', selectionStart: 1, selectionEnd: 1 });
    await at(grace, 99);
    await field(grace).pressSequentially('cd');
    await input.send('Input.imeSetComposition', { text: 'にほ', selectionStart: 2, selectionEnd: 2 });
    await ada.waitForTimeout(300);
    assert.equal(await value(ada), 'aにほb', 'nothing is put into a word that is being composed');
    await input.send('Input.insertText', { text: '日本' });
    await shows(ada, 'a日本bcd');
    await shows(grace, 'a日本bcd');
    await becomes(() => field(ada).evaluate((field) => field.selectionStart), 3);
    await line_of(ada).getByText('Saved').waitFor();
    noErrors(ada);
    noErrors(grace);
});

test('without a connection typing goes on, is kept across a reload, and merges', async () => {
    await field(ada).fill('The train. ');
    await shows(grace, 'The train. ');
    await line_of(grace).getByText('Saved').waitFor();
    await grace.away(true);
    await line_of(grace).getByText('Offline').waitFor();
    await at(grace, 11);
    await field(grace).pressSequentially('Written in the tunnel.');
    await line_of(ada).getByText('Grace Hopper').waitFor({ state: 'detached' });
    await at(ada, 0);
    await field(ada).pressSequentially('Meanwhile: ');
    await grace.away(false);
    const both = 'Meanwhile: The train. Written in the tunnel.';
    await shows(grace, both);
    await shows(ada, both);

    // The same, and the tab is loaded anew before the connection is back.
    await grace.away(true);
    await line_of(grace).getByText('Offline').waitFor();
    await at(grace, both.length);
    await field(grace).pressSequentially(' And once more 🙂');
    await grace.reload();
    await item(grace).locator('.note-edit[open]').waitFor();
    await line_of(grace).getByText('What you typed before is kept here').waitFor();
    const said = item(grace).locator('[role="status"][data-aloud="saved"]');
    await said.getByText('What you typed before is kept here').waitFor();
    await grace.away(false);
    await shows(ada, `${both} And once more 🙂`);
    await shows(grace, `${both} And once more 🙂`);
    await line_of(grace).getByText('Saved').waitFor();
    await becomes(() => grace.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('-typed-'))), [], 'nothing waits any more');
    await becomes(() => said.innerText(), 'Saved', 'who cannot see the page hears that it is over');
    noErrors(ada);
    noErrors(grace, /WebSocket/);
    grace.errors.length = 0;
});

test('one writes in a tunnel with an input method while the other writes in the same paragraph', async () => {
    await field(ada).fill('They renew in May.');
    await shows(grace, 'They renew in May.');
    await line_of(grace).getByText('Saved').waitFor();
    await grace.away(true);
    await line_of(grace).getByText('Offline').waitFor();
    await at(grace, 17);
    const input = await grace.context().newCDPSession(grace);
    await input.send('Input.imeSetComposition', { text: 'に', selectionStart: 1, selectionEnd: 1 });
    await at(ada, 5);
    await field(ada).pressSequentially('may ');
    await line_of(ada).getByText('Saved').waitFor();
    await input.send('Input.imeSetComposition', { text: 'にほ', selectionStart: 2, selectionEnd: 2 });
    // The connection comes back in the middle of the word: it is hers until it is done.
    await grace.away(false);
    await line_of(ada).getByText('Grace Hopper').waitFor();
    await grace.waitForTimeout(500);
    assert.equal(await value(grace), 'They renew in Mayにほ.', 'nothing is put into a word that is being composed');
    await input.send('Input.insertText', { text: '日本' });
    await shows(grace, 'They may renew in May日本.');
    await shows(ada, 'They may renew in May日本.');
    await becomes(() => field(grace).evaluate((field) => field.selectionStart), 23, 'the cursor is behind what was composed');
    await field(grace).pressSequentially('!');
    await shows(ada, 'They may renew in May日本!.');
    await line_of(grace).getByText('Saved').waitFor();
    noErrors(ada);
    noErrors(grace, /WebSocket/);
    grace.errors.length = 0;
});

test('each shortcut does what it says', async () => {
    for (const [key, before, behind] of [['b', '**', '**'], ['i', '_', '_'], ['e', '`', '`'], ['k', '[', '](https://)']]) {
        for (const modifier of ['Control', 'Meta']) {
            await field(ada).fill('one two three');
            await select(ada, 4, 7);
            await field(ada).press(`${modifier}+${key}`);
            await shows(ada, `one ${before}two${behind} three`);
            const selected = () => field(ada).evaluate((field) => field.value.slice(field.selectionStart, field.selectionEnd));
            await becomes(selected, 'two', `${modifier}+${key} leaves the word selected`);
            await shows(grace, `one ${before}two${behind} three`);
            await field(ada).press(`${modifier}+${key}`);
            await shows(grace, 'one two three');
        }
    }
    // A list goes on by itself, and ends at an item without words; undone as any other typing.
    await field(ada).fill('');
    await field(ada).pressSequentially('- [x] call');
    await field(ada).press('Enter');
    await field(ada).pressSequentially('offer');
    await shows(grace, '- [x] call\n- [ ] offer');
    await field(ada).press('Enter');
    await shows(grace, '- [x] call\n- [ ] offer\n- [ ] ');
    await field(ada).press('Enter');
    await field(ada).press('Shift+Enter');
    await field(ada).pressSequentially('9. nine');
    await field(ada).press('Enter');
    await field(ada).pressSequentially('ten');
    await shows(grace, '- [x] call\n- [ ] offer\n\n9. nine\n10. ten');
    await field(ada).fill('one two three');
    await field(ada).press('Control+Enter');
    await item(ada).locator('.prose').first().getByText('one two three').waitFor();
    // Enter closes it.
    await none(item(ada).locator('.note-edit[open]'));
    await begin(ada);
    noErrors(ada);
    noErrors(grace);
});

test('boxes are ticked where the note is read, and a step of the history is restored', async () => {
    await field(ada).fill('- [ ] call\n- [ ] offer');
    await shows(grace, '- [ ] call\n- [ ] offer');
    await item(grace).getByRole('button', { name: 'Done' }).click();
    await item(grace).getByRole('checkbox', { name: 'call' }).check();
    await shows(ada, '- [x] call\n- [ ] offer');
    // Once the text has come back, the focus is where it was pressed.
    await grace.waitForFunction(() => document.activeElement?.matches('.box[aria-label=call][value$=false]'));
    // By the keyboard: whoever presses a box stays at it.
    await item(grace).getByRole('checkbox', { name: 'offer' }).focus();
    await grace.keyboard.press('Space');
    await shows(ada, '- [x] call\n- [x] offer');
    await item(grace).getByRole('checkbox', { name: 'offer', checked: true }).waitFor();
    await grace.waitForFunction(() => document.activeElement?.matches('.box[aria-label=offer][value$=false]'));
    await grace.keyboard.press('Space');
    await shows(ada, '- [x] call\n- [ ] offer');
    await grace.waitForFunction(() => document.activeElement?.matches('.box[aria-label=offer][value$=true]'));
    // Who has moved on before the text comes back stays where they are now: at another box, and outside.
    let late;
    await grace.route(/\/do\/notes\?/, async (route) => {
        await late;
        await route.continue().catch(() => {});
    });
    for (const [key, place] of [['Shift+Tab', '.box[aria-label=call]'], ['Tab', '.note-edit summary']]) {
        let release;
        late = new Promise((done) => (release = done));
        const box = item(grace).getByRole('checkbox', { name: 'offer' });
        const was = await box.getAttribute('value');
        await box.focus();
        await grace.keyboard.press('Space');
        await grace.keyboard.press(key);
        release();
        await grace.waitForFunction((was) => document.querySelector('.box[aria-label=offer]').value !== was, was);
        assert.equal(await grace.evaluate((place) => document.activeElement.matches(place), place), true, `at ${place}`);
    }
    await grace.unroute(/\/do\/notes\?/);
    await shows(ada, '- [x] call\n- [ ] offer');
    await at(ada, 22);
    await field(ada).press('Control+End');
    await field(ada).press('Control+b');
    await field(ada).pressSequentially('now');
    await shows(ada, '- [x] call\n- [ ] offer**now**');
    await item(ada).getByRole('button', { name: 'Done' }).click();
    await item(ada).locator('strong').getByText('now').waitFor();
    await item(grace).locator('.prose strong').getByText('now').waitFor();
    await holds(() => item(grace).getByRole('checkbox', { name: 'call' }).isChecked());
    await item(grace).getByText('History', { exact: true }).click();
    const steps = item(grace).getByRole('list', { name: 'History of the note' }).getByRole('listitem');
    const first = steps.filter({ hasNotText: 'The text now' }).last();
    await first.getByRole('link', { name: 'Show' }).click();
    await first.locator('.prose').getByText('They renew in May.').waitFor();
    await first.getByRole('button', { name: 'Restore' }).click();
    await item(ada).locator('.prose').first().getByText('They renew in May.').waitFor();
    await item(grace).getByText('History', { exact: true }).click();
    await begin(ada);
    await begin(grace);
    await shows(grace, 'They renew in May.');
    noErrors(ada);
    noErrors(grace);
});

test('a form without JavaScript saves into what others are typing', async () => {
    await field(ada).fill('one two three');
    await shows(grace, 'one two three');
    await item(grace).getByRole('button', { name: 'Done' }).click();
    const plain = await newTeammate(browser, server, { javaScript: false });
    // What is typed is written into the note a moment later.
    await holds(async () => {
        await plain.goto(ada.url());
        return (await plain.locator('.notes').getByLabel('Text of the note').inputValue()) === 'one two three';
    }, 'the form has what is typed');
    await plain.locator('.notes').getByText('Edit', { exact: true }).click();
    await at(ada, 0);
    await field(ada).pressSequentially('zero ');
    await plain.locator('.notes').getByLabel('Text of the note').fill('one two! three');
    await plain.locator('.notes').getByRole('button', { name: 'Save' }).click();
    await shows(ada, 'zero one two! three');
    await item(grace).locator('.prose').getByText('zero one two! three').waitFor();
    noErrors(ada);
    noErrors(plain);
    await plain.context().close();
});

test('without JavaScript boxes are ticked and a step of the history is restored', async () => {
    // Another than who ticks wrote it: their text becomes a step of the history.
    await begin(grace);
    await shows(grace, 'zero one two! three');
    await field(grace).fill('- [ ] call "Ida"\n- [ ] offer');
    await shows(ada, '- [ ] call "Ida"\n- [ ] offer');
    await item(grace).getByRole('button', { name: 'Done' }).click();
    await item(grace).getByRole('checkbox', { name: 'offer' }).waitFor();
    const plain = await newTeammate(browser, server, { javaScript: false, phone: true });
    await plain.goto(`${ada.url().split('?')[0]}?view=facts`);
    const note = plain.locator('.notes .note').first();
    await note.getByRole('checkbox', { name: 'call "Ida"' }).click();
    await holds(() => note.getByRole('checkbox', { name: 'call "Ida"' }).isChecked());
    await shows(ada, '- [x] call "Ida"\n- [ ] offer');
    await item(grace).getByRole('checkbox', { name: 'call "Ida"', checked: true }).waitFor();
    await note.getByRole('link', { name: 'History' }).click();
    const steps = note.getByRole('list', { name: 'History of the note' }).getByRole('listitem');
    const step = steps.filter({ hasNotText: 'The text now' }).first();
    await step.getByRole('link', { name: 'Show' }).click();
    await steps.locator('.prose').getByText('offer').waitFor();
    assert.match(plain.url(), /view=facts.*history=\d+.*version=\d+#note-/, 'what is open can be sent to a teammate');
    await picture(plain, 'notes-history-390-light', true);
    const before = await steps.count();
    await step.getByRole('button', { name: 'Restore' }).click();
    await shows(ada, '- [ ] call "Ida"\n- [ ] offer');
    await holds(async () => (await steps.count()) >= before, 'it is a new change');
    await note.getByRole('link', { name: 'History' }).click();
    await none(steps);
    noErrors(ada);
    noErrors(plain);
    await plain.context().close();
});

test('a large text is kept, and what is put in without a paste is cut by the field', async () => {
    const large = 'A long line of words. '.repeat(4_000);
    await field(ada).fill(large);
    await line_of(ada).getByText('Saved').waitFor();
    await begin(grace);
    await shows(grace, large);
    await field(ada).evaluate((field) => {
        field.focus();
        field.select();
        document.execCommand('insertText', false, 'x'.repeat(1_000_000));
    });
    await grace.waitForFunction(() => document.querySelector('.note-desk textarea').value.startsWith('xxx'));
    assert.ok((await value(grace)).length <= 100_000, 'as much as a note may have');
    await line_of(ada).getByText('Saved').waitFor();
    await field(ada).fill('Small again');
    await shows(grace, 'Small again');
    noErrors(ada);
    noErrors(grace);
});

test('how long it takes from one key to the other screen', async () => {
    await field(ada).fill('');
    await shows(grace, '');
    const times = [];
    for (let n = 0; n < 60; n++) {
        const seen = grace.evaluate((n) => new Promise((done) => {
            const look = () => (document.querySelector('.note-desk textarea').value.length > n ? done(Date.now()) : setTimeout(look, 1));
            look();
        }), n);
        await ada.evaluate(() => (window.typedAt = 0));
        await field(ada).evaluate((field) => {
            field.focus();
            window.typedAt = Date.now();
            document.execCommand('insertText', false, 'k');
        });
        times.push((await seen) - (await ada.evaluate(() => window.typedAt)));
    }
    times.sort((a, b) => a - b);
    console.log(`# key to screen: p50 ${times[30]} ms, p99 ${times[59]} ms`);
    assert.ok(times[30] < 200, `half of the keys are there in ${times[30]} ms`);
    noErrors(ada);
    noErrors(grace);
});

test('where the editor does not come the form is still there', async () => {
    const page = await newTeammate(browser, server);
    await page.route(/note_editor/, (route) => route.abort());
    await open(page, 'نور');
    await page.getByLabel('New note').fill('ملاحظة');
    await page.keyboard.press('Control+Enter');
    await item(page).getByText('Edit', { exact: true }).click();
    await writing(field(page));
    await field(page).fill('ملاحظة أخرى');
    await item(page).getByRole('button', { name: 'Save' }).click();
    await item(page).locator('.prose').getByText('ملاحظة أخرى').waitFor();
    noErrors(page, /ERR_FAILED|note_editor|Failed to fetch|split/);
    await page.context().close();
});

test('it looks right and can be used on every screen', async () => {
    await field(ada).fill('# Renewal\n- call them on Monday, and ask for the buyer\n- offer\n\nThey renew in May. A longer line that has to be broken somewhere in the narrow column.');
    await at(ada, 40);
    for (const [phone, dark] of [[false, false], [false, true], [true, false], [true, true]]) {
        const page = await newPage(browser, { phone, dark });
        await page.context().addCookies(await grace.context().cookies());
        await open(page);
        if (phone) await page.getByRole('link', { name: 'Facts' }).or(page.getByRole('tab', { name: 'Facts' })).first().click().catch(() => {});
        await begin(page);
        await item(page).locator('.note-caret').first().waitFor({ state: 'attached' });
        await item(page).scrollIntoViewIfNeeded();
        await accessible(page);
        await picture(page, `notes-together-${phone ? 390 : 1440}-${dark ? 'dark' : 'light'}`);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        assert.equal(wide, false, 'nothing is wider than the screen');
        noErrors(page);
        await page.context().close();
    }
});

test('who saw a note last stands in its line, in every tab, and everybody in its history', async () => {
    await open(ada);
    await open(grace);
    await item(ada).locator('.note-seen').getByText('Grace Hopper').waitFor();
    await item(grace).locator('.note-seen').getByText('Ada Lovelace').waitFor();
    assert.match(await item(ada).locator('.note-seen').innerText(), /^Seen by Grace Hopper /);
    await accessible(ada);
    await picture(ada, 'notes-seen');
    const history = item(ada).getByRole('link', { name: 'History' });
    if (await history.isVisible()) {
        await history.click();
        await item(ada).locator('.note-seen-list li').getByText('Grace Hopper').waitFor();
    }
    noErrors(ada);
    noErrors(grace);
});

test('what is typed into a connection that has fallen silent is said not to be saved, until it is', async () => {
    const page = await newPage(browser);
    await page.context().addCookies(await grace.context().cookies());
    // What the page says waits on its way, in order, and nobody is told.
    let silent = false;
    const held = [];
    await page.routeWebSocket(/\/live$/, (socket) => {
        const there = socket.connectToServer();
        socket.onMessage((message) => silent ? held.push(() => there.send(message)) : there.send(message));
        there.onMessage((message) => socket.send(message));
    });
    await open(page);
    await begin(page);
    await at(page, 0);
    await line_of(page).getByText('Saved', { exact: true }).waitFor();
    silent = true;
    await field(page).pressSequentially('Late: ');
    await line_of(page).getByText('Saving', { exact: true }).waitFor();
    await line_of(page).getByText('Not saved yet. The connection may be lost').waitFor({ timeout: 15_000 });
    await field(page).pressSequentially('and later: ');
    assert.equal(await item(page).locator('.note-edit[open]').count(), 1, 'one goes on typing');
    silent = false;
    for (const send of held.splice(0)) send();
    await line_of(page).getByText('Saved', { exact: true }).waitFor();
    noErrors(page);
    await page.context().close();
});

/** What a page says aloud of how what is typed stands, in order, from now on. */
const listen = (page) => page.evaluate(() => {
    window.aloud = [];
    const place = document.querySelector('.notes .note [data-aloud]');
    const say = () => place.textContent.trim() && window.aloud.push(place.textContent.trim().split(/[,.]/)[0]);
    new MutationObserver(say).observe(place, { childList: true, characterData: true, subtree: true });
});
const aloud = (page) => page.evaluate(() => window.aloud);

test('who cannot see the page hears that what they type is saved, once, and trouble and its end', async () => {
    await open(grace);
    await listen(grace);
    await begin(grace);
    await field(grace).press('Control+End');
    for (const word of [' one', ' two', ' three']) {
        await field(grace).pressSequentially(word);
        await line_of(grace).getByText('Saved', { exact: true }).waitFor();
    }
    await becomes(() => aloud(grace), ['Saved'], 'not with each key');
    await grace.away(true);
    await line_of(grace).getByText('Offline').waitFor();
    await field(grace).pressSequentially(' four');
    await grace.away(false);
    await line_of(grace).getByText('Saved', { exact: true }).waitFor();
    await field(grace).pressSequentially(' five');
    await line_of(grace).getByText('Saved', { exact: true }).waitFor();
    await becomes(() => aloud(grace), ['Saved', 'Offline', 'Saved']);
    await grace.waitForTimeout(300);
    assert.deepEqual(await aloud(grace), ['Saved', 'Offline', 'Saved'], 'and nothing more');
    await item(grace).getByRole('button', { name: 'Done' }).click();
    noErrors(grace, /WebSocket/);
    grace.errors.length = 0;
});

/** What has the focus, in a word. */
const focused = (page, what) => page.waitForFunction((what) => document.activeElement?.matches(what), what).catch(async () => {
    assert.equal(await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200)), what, 'what has the focus');
});

test('by the keyboard alone a note is opened, closed, pinned, deleted and brought back, and the focus is never lost', async () => {
    const page = await newTeammate(browser, server);
    await open(page, 'نور');
    await page.getByLabel('New note').fill('By the keyboard');
    await page.keyboard.press('Control+Enter');
    const mine = page.locator('.notes .note').filter({ hasText: 'By the keyboard' });
    await mine.locator('.note-edit summary').focus();
    await page.keyboard.press('Enter');
    await focused(page, '.note-desk textarea');
    await mine.getByRole('button', { name: 'Done' }).waitFor();
    await page.keyboard.type(' alone');
    await page.keyboard.press('Control+Enter');
    await focused(page, '.note-edit summary');
    await mine.locator('.prose').getByText('By the keyboard alone').waitFor();
    await mine.getByRole('button', { name: 'Pin' }).focus();
    await page.keyboard.press('Enter');
    await mine.getByText('Pinned').waitFor();
    await focused(page, '.note-pin button');
    await page.keyboard.press('Enter');
    await mine.getByText('Pinned').waitFor({ state: 'detached' });
    await focused(page, '.note-pin button');
    await mine.getByRole('button', { name: 'Delete' }).focus();
    await page.keyboard.press('Enter');
    await focused(page, '.notes > .notice button');
    await page.keyboard.press('Enter');
    await mine.waitFor();
    await focused(page, '.notes > .note');
    await page.keyboard.press('Tab');
    await focused(page, '.notes > .note :is(a, button, summary)');
    noErrors(page);
    await page.context().close();
});

test('on a phone a note is brought back from the stream by the keyboard, and the focus stays in it', async () => {
    const page = await newTeammate(browser, server, { phone: true });
    await open(page, 'نور');
    await page.getByLabel('New note').fill('From the stream');
    await page.keyboard.press('Control+Enter');
    await page.locator('.stream .entry').getByText('From the stream').waitFor();
    await page.locator('.profile-tabs').getByRole('link', { name: 'Facts' }).click();
    const mine = page.locator('.notes .note').filter({ hasText: 'From the stream' });
    await mine.getByRole('button', { name: 'Delete' }).click();
    await mine.waitFor({ state: 'detached' });
    await page.locator('.profile-tabs').getByRole('link', { name: 'Stream' }).click();
    await page.locator('.stream').getByRole('button', { name: 'Undo' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('.stream .entry').getByText('From the stream').waitFor();
    await focused(page, '.stream .entry');
    // Nor when the stream is drawn once more.
    await page.waitForTimeout(500);
    await focused(page, '.stream .entry');
    noErrors(page);
    await page.context().close();
});

test('two notes deleted one after the other are brought back in the stream, and no entry takes the place of another', async () => {
    const page = await newTeammate(browser, server);
    await open(page, 'نور');
    const entry = (text) => page.locator('.stream .entry').filter({ hasText: text });
    for (const text of ['The first to go', 'The second to go']) {
        await page.getByLabel('New note').fill(text);
        await page.keyboard.press('Control+Enter');
        await entry(text).waitFor();
    }
    const stays = entry('wrote a note').last();
    await stays.evaluate((entry) => (entry.dataset.mine = 'here'));
    for (const text of ['The first to go', 'The second to go']) {
        await page.locator('.notes .note').filter({ hasText: text }).getByRole('button', { name: 'Delete' }).click();
        await entry(text).waitFor({ state: 'detached' });
    }
    const undo = page.locator('.stream').getByRole('button', { name: 'Undo' });
    await page.waitForFunction(() => document.querySelectorAll('.stream .note-undo').length === 2);
    const [newer, older] = [await undo.nth(0).elementHandle(), await undo.nth(1).elementHandle()];
    const place = await newer.evaluate((button) => button.closest('.entry').id);
    // The other waits while somebody else's note comes, and while the first is brought back.
    await older.evaluate((button) => (button.dataset.mine = 'here'));
    await newer.focus();
    await page.keyboard.press('Enter');
    await entry('The second to go').waitFor();
    await page.waitForTimeout(500);
    await focused(page, `#${place}`);
    assert.equal(await page.locator('.stream .note-undo [data-mine="here"]').count(), 1, 'the other is the one that it was');
    assert.equal(await older.evaluate((button) => button.isConnected), true);
    assert.equal(await page.locator('.stream .entry[data-mine="here"]').count(), 1, 'nor is any other entry drawn anew');
    await older.focus();
    await page.keyboard.press('Enter');
    await entry('The first to go').waitFor();
    await none(page.locator('.stream .note-undo'));
    noErrors(page);
    await page.context().close();
});

test('a group of events that was opened stays open while another comes, and the focus stays on its line', async () => {
    const page = await newTeammate(browser, server);
    for (const minute of [1, 2, 3]) {
        await send(server, 'track', { userId: 'noor', event: 'Report opened', timestamp: `2026-01-02T03:0${minute}:00Z` });
    }
    await open(page, 'نور');
    await page.getByRole('navigation', { name: 'Stream' }).getByRole('link', { name: 'Events' }).click();
    // Everything has such a group as well, which goes with it.
    await none(page.locator('.entry[data-kind="note"]'));
    const group = page.locator('.entry-fold').first();
    await group.locator('summary').click();
    const line = group.locator('.entry-folded').last().locator('a').last();
    await line.focus();
    await send(server, 'track', { userId: 'noor', event: 'Report opened', timestamp: '2026-01-02T03:09:00Z' });
    await group.getByText('and 3 more').waitFor();
    assert.equal(await group.evaluate((group) => group.open), true, 'it is open still');
    assert.equal(await line.evaluate((line) => line === document.activeElement), true, 'the focus is where it was');
    noErrors(page);
    await page.context().close();
});

test('what cannot be deleted or pinned for want of a connection is said, and the note is there', async () => {
    const page = await newTeammate(browser, server);
    await open(page, 'نور');
    const mine = page.locator('.notes .note').filter({ hasText: 'The first to go' });
    await page.route('**/do/{delete,pin}_note', (route) => route.abort());
    await mine.getByRole('button', { name: 'Delete' }).click();
    await page.locator('.facts').getByRole('alert').waitFor();
    assert.equal(await mine.count(), 1);
    await mine.getByRole('button', { name: 'Pin' }).click();
    await mine.getByRole('alert').waitFor();
    noErrors(page, /ERR_FAILED/);
    await page.context().close();
});

test('who writes in a note that somebody else deletes is told, keeps their words before them, and goes on when it is back', async () => {
    const [one, two] = [await newTeammate(browser, server), await newTeammate(browser, server)];
    for (const page of [one, two]) await open(page, 'نور');
    const mine = (page) => page.locator('.notes .note').filter({ has: page.locator('.note-edit[open]') });
    const other = two.locator('.notes .note').filter({ hasText: 'By the keyboard' });
    await one.locator('.notes .note').filter({ hasText: 'By the keyboard' }).getByText('Edit', { exact: true }).click();
    await mine(one).getByRole('button', { name: 'Done' }).waitFor();
    await one.keyboard.type(' and more');
    await mine(one).locator('.note-saved').getByText('Saved', { exact: true }).waitFor();
    await other.getByRole('button', { name: 'Delete' }).click();
    await mine(one).getByRole('alert').getByText('This note was deleted while you were writing').waitFor();
    await mine(one).getByText('Note deleted.').waitFor();
    await focused(one, '.note-desk textarea');
    // It is deleted already.
    await none(mine(one).getByRole('button', { name: 'Delete' }));
    await one.keyboard.type(' still');
    await becomes(() => one.locator('.note-desk textarea:focus').inputValue(), 'By the keyboard alone and more still');
    await mine(one).getByRole('button', { name: 'Undo' }).click();
    await mine(one).locator('.note-saved').getByText('Saved', { exact: true }).waitFor();
    await other.locator('.prose').getByText('By the keyboard alone and more still').waitFor();
    await none(mine(one).getByRole('alert'));
    // Who closes it meanwhile has the way back in its place.
    await other.getByRole('button', { name: 'Delete' }).click();
    await mine(one).getByText('Note deleted.').waitFor();
    await mine(one).getByRole('button', { name: 'Done' }).click();
    await focused(one, '.notes > .notice button');
    await one.keyboard.press('Enter');
    await other.locator('.prose').getByText('By the keyboard alone and more still').waitFor();
    for (const page of [one, two]) noErrors(page);
    for (const page of [one, two]) await page.context().close();
});

test('what one has half written is not there for who signs in next in the same browser', async () => {
    const page = await newPage(browser);
    const as = async (other) => {
        // A page that is there asks for nothing while nobody is signed in.
        await page.goto('about:blank');
        await page.context().clearCookies();
        await page.context().addCookies(await other.context().cookies());
        await open(page, 'نور');
    };
    await as(ada);
    await page.getByLabel('New note').fill('Between us');
    await as(grace);
    await page.waitForTimeout(300);
    assert.equal(await page.getByLabel('New note').inputValue(), '');
    await as(ada);
    await page.waitForFunction(() => document.querySelector('#write-note').value === 'Between us');
    noErrors(page);
    await page.context().close();
});

test('what was typed in a tunnel arrives although its writer is on another page by then', async () => {
    const page = await newPage(browser);
    await page.context().addCookies(await grace.context().cookies());
    await line(page);
    await open(page, 'نور');
    await open(ada, 'نور');
    await page.getByLabel('New note').fill('Before the tunnel');
    await page.keyboard.press('Control+Enter');
    const mine = (page) => page.locator('.notes .note').filter({ hasText: 'Before the tunnel' });
    const waits = () => page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('-typed-')).length);
    const writes = async (text) => {
        await mine(page).getByText('Edit', { exact: true }).click();
        await mine(page).getByRole('button', { name: 'Done' }).waitFor();
        await page.away(true);
        await mine(page).locator('.note-together').getByText('Offline').waitFor();
        await page.keyboard.type(text);
        await page.waitForFunction(() => Object.keys(localStorage).some((key) => key.includes('-typed-')));
    };
    await mine(page).waitFor();
    // On to another page of the same tab.
    await writes(', in it');
    await page.getByRole('link', { name: 'Inbox' }).first().click();
    await page.waitForURL(/\/inbox/);
    await page.away(false);
    await mine(ada).locator('.prose').getByText('Before the tunnel, in it').waitFor();
    await page.waitForFunction(() => !Object.keys(localStorage).some((key) => key.includes('-typed-')));
    // And to one that is loaded anew.
    await open(page, 'نور');
    assert.equal(await mine(page).locator('.note-edit[open]').count(), 0, 'nothing waits in it');
    await writes(', and at its end');
    await page.goto(`${server.url}/people`);
    await page.waitForTimeout(500);
    assert.equal(await waits(), 1, 'it waits');
    await page.away(false);
    await mine(ada).locator('.prose').getByText('Before the tunnel, in it, and at its end').waitFor();
    await page.waitForFunction(() => !Object.keys(localStorage).some((key) => key.includes('-typed-')));
    noErrors(page, /WebSocket/);
    noErrors(ada);
    await page.context().close();
});

test('the history names who wrote what: who take turns alone, and who write at once together', async () => {
    await send(server, 'identify', { userId: 'alan', traits: { name: 'Alan Kay' } });
    await open(ada, 'Alan Kay');
    await open(grace, 'Alan Kay');
    await ada.getByLabel('New note').fill('They renew in May.');
    await ada.keyboard.press('Control+Enter');
    await item(grace).locator('.prose').getByText('They renew in May.').waitFor();
    await begin(ada);
    await begin(grace);
    await at(ada, 0);
    await at(grace, 18);
    await Promise.all([
        field(ada).pressSequentially('Ask again: ', { delay: 60 }),
        field(grace).pressSequentially(' Grace knows the buyer.', { delay: 30 }),
    ]);
    const both = 'Ask again: They renew in May. Grace knows the buyer.';
    await shows(ada, both);
    await shows(grace, both);
    await item(ada).getByText('edited by Ada Lovelace and Grace Hopper').waitFor();
    // Grace goes on as soon as she sees what Ada has written.
    await at(ada, both.length);
    await field(ada).pressSequentially(' In June?', { delay: 10 });
    await shows(grace, `${both} In June?`);
    await at(grace, both.length + 9);
    await field(grace).pressSequentially(' In July.', { delay: 10 });
    await shows(ada, `${both} In June? In July.`);
    await item(grace).getByRole('button', { name: 'Done' }).click();
    await item(ada).getByRole('button', { name: 'Done' }).click();
    await item(ada).getByText('edited by Grace Hopper').waitFor();
    const names = (page, all) => page.waitForFunction(
        (all) => [...document.querySelectorAll('.note-step > strong')].map((one) => one.textContent).join(' | ') === all,
        all.join(' | '),
    );
    await item(ada).getByRole('link', { name: 'History' }).click();
    await names(ada, ['Grace Hopper', 'Ada Lovelace', 'Ada Lovelace and Grace Hopper', 'Ada Lovelace']);
    const step = (page, nth) => item(page).getByRole('list', { name: 'History of the note' }).getByRole('listitem').nth(nth);
    for (const [nth, text] of [[1, `${both} In June?`], [2, both], [3, 'They renew in May.']]) {
        await step(ada, nth).getByRole('link', { name: 'Show' }).click();
        await step(ada, nth).locator('.prose').getByText(text, { exact: true }).waitFor();
    }
    await picture(ada, 'notes-writers-1440-light');
    // Restoring is a change by who restores, and is seen in the other tab.
    await item(grace).getByRole('link', { name: 'History' }).click();
    await step(grace, 2).getByRole('button', { name: 'Restore' }).click();
    await item(ada).locator('.note-text').getByText(both, { exact: true }).waitFor();
    await names(ada, ['Grace Hopper', 'Grace Hopper', 'Ada Lovelace', 'Ada Lovelace and Grace Hopper', 'Ada Lovelace']);
    const plain = await newTeammate(browser, server, { javaScript: false, phone: true });
    await plain.goto(`${ada.url().split('?')[0]}?view=facts`);
    await item(plain).getByRole('link', { name: 'History' }).click();
    await step(plain, 3).getByText('Ada Lovelace and Grace Hopper').waitFor();
    await picture(plain, 'notes-writers-390-light', true);
    noErrors(ada);
    noErrors(grace);
    noErrors(plain);
    await plain.context().close();
});

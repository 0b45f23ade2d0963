import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { becomes, holds, live, newTeammate, noErrors, none, picture, ready, send, startBrowser, startServer } from './support.mjs';

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
    // Others may see it before the page that wrote it has its answer.
    await becomes(() => page.getByLabel('New note').inputValue(), '');
    await notes(page).locator('.prose').getByText('alert(1)').waitFor();
    await becomes(() => notes(page).getByRole('checkbox').count(), 2);
    // It is taken along as it was typed.
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await notes(page).getByRole('button', { name: 'Copy', exact: true }).click();
    await notes(page).getByRole('button', { name: 'Copied' }).waitFor();
    await becomes(() => page.evaluate(() => navigator.clipboard.readText()), text);

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
    await page.locator('.facts').getByRole('button', { name: 'Undo' }).waitFor();
    const stand = () => notes(page).locator(':scope > li').evaluateAll((all) => all.map((one) => one.className));
    await becomes(stand, ['note', 'notice'], 'the way back stands where the note stood');
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

test('without JavaScript a note that is deleted among the facts says so there, with the way back', async () => {
    await send(server, 'group', { userId: 'grace', groupId: 'acme', traits: { name: 'Acme' } });
    for (const [phone, where, name] of [[true, 'people', 'Grace'], [false, 'companies', 'Acme'], [true, 'companies', 'Acme']]) {
        const page = await newTeammate(browser, server, { javaScript: false, phone });
        await page.goto(`${server.url}/${where}`);
        await page.getByRole('link', { name }).first().click();
        await page.getByRole('heading', { name }).waitFor();
        const facts = `${page.url().split('?')[0]}?view=facts`;
        await page.goto(facts.replace('facts', 'stream'));
        for (const text of ['One of two', 'Two of two']) {
            await page.getByLabel('New note').fill(text);
            await page.getByRole('button', { name: 'Save note' }).click();
            await page.locator('.stream').getByText(text).waitFor();
        }
        await page.goto(facts);
        const mine = notes(page).locator('.note').filter({ hasText: 'One of two' });
        await mine.getByRole('button', { name: 'Delete' }).click();
        await page.waitForURL(/view=facts#note-\d+-gone$/);
        const said = notes(page).locator('.notice').filter({ hasText: 'Note deleted.' });
        await said.waitFor();
        await holds(async () => {
            const seen = await said.evaluate((said) => said.getBoundingClientRect());
            return seen.top >= 0 && seen.bottom <= (phone ? 844 : 900);
        }, 'it is on the screen');
        await none(mine);
        await picture(page, `notes-gone-${where}-${phone ? 390 : 1440}`);
        await said.getByRole('button', { name: 'Undo' }).click();
        await page.waitForURL(/view=facts#note-\d+$/);
        await mine.waitFor();
        await none(said);
        for (const text of ['One of two', 'Two of two']) {
            const one = notes(page).locator('.note').filter({ hasText: text });
            await one.getByRole('button', { name: 'Delete' }).click();
            await none(one);
        }
        // Said once.
        await page.goto(facts);
        assert.equal(await notes(page).locator('.notice').count(), 0);
        noErrors(page);
        await page.context().close();
    }
});

test('the link of a note of a company marks what is beside it on a wide screen, and the facts on a phone', async () => {
    for (const [phone, marked] of [[false, 'People'], [true, 'Facts']]) {
        const page = await newTeammate(browser, server, { phone });
        await page.goto(`${server.url}/companies`);
        await page.getByRole('link', { name: 'Acme' }).first().click();
        await page.getByRole('heading', { name: 'Acme' }).waitFor();
        await page.waitForURL(/\/companies\/\d+/);
        await page.goto(`${page.url().split('?')[0]}?view=facts`);
        await live(page);
        const tabs = page.getByRole('navigation', { name: 'Parts of the company' });
        const all = await tabs.getByRole('link').evaluateAll((all) => all.filter((one) => one.checkVisibility()).map((one) => [one.textContent.replace(/\d/g, ''), one.getAttribute('aria-current')]));
        assert.deepEqual(all.filter(([, current]) => current).map(([word]) => word), [marked]);
        assert.deepEqual(all.map(([word]) => word), phone ? ['People', 'Stream', 'Facts'] : ['People', 'Stream']);
        await tabs.getByRole('link', { name: 'Stream' }).click();
        await tabs.getByRole('link', { name: 'Stream' }).and(page.locator('[aria-current]')).waitFor();
        await becomes(() => tabs.locator('[aria-current]').count(), 1);
        noErrors(page);
        await page.context().close();
    }
});

test('without JavaScript a picture comes with the form of a note', async () => {
    const page = await newTeammate(browser, server, { javaScript: false });
    await open(page, 'نور');
    const png = Buffer.from(
        'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEklEQVR4nGP4z8CAFWEXHbQSACj/P8Fu7N9hAAAAAElFTkSuQmCC', 'base64',
    );
    const choose = (where, name, buffer = png) => where.getByLabel('Pictures').setInputFiles({ name, mimeType: 'image/png', buffer });
    const composer = page.locator('form').filter({ has: page.getByLabel('New note') });
    await page.getByLabel('New note').fill('Look at this');
    await choose(composer, 'screen.png');
    await page.getByRole('button', { name: 'Save note' }).click();
    const note = page.locator('.notes .note').filter({ hasText: 'Look at this' });
    await note.locator('img[alt="screen"]').waitFor();
    await note.getByText('Edit', { exact: true }).click();
    await choose(note, 'second.png');
    await note.getByRole('button', { name: 'Save' }).click();
    await note.locator('img[alt="second"]').waitFor();
    await becomes(() => note.locator('img').count(), 2);
    // What is no picture is refused, and what was typed is there again.
    await page.getByLabel('New note').fill('And this');
    await choose(composer, 'no.png', Buffer.from('<svg onload=alert(1)>'));
    await page.getByRole('button', { name: 'Save note' }).click();
    await page.getByRole('alert').filter({ hasText: 'takes pictures' }).waitFor();
    assert.equal(await page.getByLabel('New note').inputValue(), 'And this');
    noErrors(page);
    await page.context().close();
    // With a script the button is there instead.
    const live = await newTeammate(browser, server);
    await open(live, 'نور');
    await ready(live);
    await live.getByLabel('New note').focus();
    await live.locator('form').filter({ has: live.getByLabel('New note') }).getByText('Add picture').waitFor();
    await becomes(() => live.locator('.note-plain:visible').count(), 0);
    await live.getByLabel('New note').fill('By the script');
    await live.getByRole('button', { name: 'Save note' }).click();
    await live.locator('.notes .note').filter({ hasText: 'By the script' }).waitFor();
    noErrors(live);
    await live.context().close();
});

test('notes are found by their words', async () => {
    const page = await newTeammate(browser, server);
    await open(page);
    await live(page);
    await page.getByLabel('New note').fill('The **contract** ends in zqxautumn.');
    await page.getByRole('button', { name: 'Save note' }).click();
    await page.locator('.notes .note').filter({ hasText: 'zqxautumn' }).waitFor();
    await page.goto(`${server.url}/people?find=zqxaut`);
    await page.getByRole('link', { name: 'Find in notes' }).click();
    await page.locator('.found-note mark').getByText('zqxautumn').waitFor();
    await ready(page);
    const find = page.getByLabel('Find notes');
    await find.fill('zqxaut contr');
    await page.locator('.found-note mark').getByText('contract').waitFor();
    await page.waitForURL(/find=zqxaut%20contr|find=zqxaut\+contr/);
    await find.fill('zqxaut nowhere');
    await page.getByText('No note has all of these words').waitFor();
    await find.fill('zqxaut');
    await page.locator('.found-note a').click();
    await page.locator('.note').filter({ hasText: 'zqxautumn' }).waitFor();
    noErrors(page);
    await page.context().close();
    for (const [phone, dark] of [[false, false], [true, true]]) {
        const plain = await newTeammate(browser, server, { javaScript: false, phone, dark });
        await plain.goto(`${server.url}/notes`);
        await plain.getByLabel('Find notes').fill('zqxautumn');
        await plain.getByRole('button', { name: 'Find' }).click();
        await plain.locator('.found-note mark').getByText('zqxautumn').waitFor();
        await picture(plain, `notes-found-${phone ? 390 : 1440}-${dark ? 'dark' : 'light'}`);
        const wide = await plain.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        assert.equal(wide, false, 'nothing is wider than the screen');
        noErrors(plain);
        await plain.context().close();
    }
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

test('a long note shows its beginning, and all of it to who asks, with a script and without', async () => {
    const long = Array.from({ length: 120 }, (_, n) => `Line ${n} of many`).join('\n');
    for (const javaScript of [true, false]) {
        const page = await newTeammate(browser, server, { javaScript });
        await open(page, 'نور');
        if (javaScript) {
            await ready(page);
            await page.getByLabel('New note').fill(long);
            await page.getByRole('button', { name: 'Save note' }).click();
        }
        const places = [notes(page).locator('.note', { hasText: 'Line 0 of many' }).first(), page.locator('.entry[data-kind="note"]', { hasText: 'Line 0 of many' }).first()];
        for (const place of places) {
            await place.waitFor();
            const high = () => place.locator('.prose').evaluate((text) => text.clientHeight);
            await holds(async () => (await high()) <= 330, 'its beginning at first');
            await place.getByText('Show all').click();
            await holds(async () => (await high()) > 1000, 'all of it');
            await place.getByText('Show less').click();
            await holds(async () => (await high()) <= 330, 'its beginning again');
            // Who pressed far below has the text before them.
            if (javaScript) await page.waitForFunction((text) => text.getBoundingClientRect().top >= 0, await place.locator('.prose').elementHandle());
        }
        await becomes(() => page.getByText('Show all').count(), 2, 'short ones have no such word');
        // On paper it is whole, and nothing stands over it on each page, or beside it, however wide that is.
        await page.emulateMedia({ media: 'print' });
        for (const [width, height, shown] of [[794, 1123, places.slice(1)], [1123, 794, places]]) {
            await page.setViewportSize({ width, height });
            for (const place of shown) {
                await holds(async () => {
                    const size = await place.locator('.prose').evaluate((text) => [text.clientWidth, text.clientHeight]);
                    return size[0] > width / 2 && size[1] > 1000;
                }, `whole on paper of ${width} px`);
            }
            const over = await page.evaluate(() => [...document.querySelectorAll('body *')].filter((one) => ['fixed', 'sticky'].includes(getComputedStyle(one).position) && one.checkVisibility()).map((one) => one.className));
            assert.deepEqual(over, []);
        }
        noErrors(page);
        await page.context().close();
    }
});

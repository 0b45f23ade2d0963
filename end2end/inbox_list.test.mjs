import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { becomes, holds, live, newTab, newTeammate, noErrors, none, picture, ready, root, send, startBrowser, startServer } from './support.mjs';

// The long form, RAPPORT_ROWS=50000, is bin/soak's.
const MANY = Number(process.env.RAPPORT_ROWS ?? 5_000);
let server;
let browser;
before(async () => {
    server = await startServer();
    browser = await startBrowser();
    await send(server, 'identify', {
        userId: 'grace',
        traits: { name: 'Grace Hopper', email: 'grace@example.com', company: { id: 'navy', name: 'Navy' } },
    });
    await send(server, 'identify', { userId: 'noor', traits: { name: 'Noor Din', email: 'noor@example.com' } });
    await send(server, 'identify', { userId: 'alan', traits: { name: 'Alan Turing', email: 'alan@example.com' } });
});
after(async () => {
    await browser?.close();
    assert.equal(await server?.stop(), 0, 'the server stops cleanly');
});

const begin = async (page, name, text) => {
    await page.goto(`${server.url}/people?find=${name.split(' ')[0]}`);
    await page.getByRole('link', { name }).click();
    await page.getByRole('heading', { name }).waitFor();
    await ready(page);
    await page.getByRole('link', { name: 'Message', exact: true }).click();
    await page.getByLabel(/Message to/).fill(text);
    await page.getByRole('button', { name: 'Send' }).click();
    await page.waitForURL(/\/inbox\/\d+/);
};
const row = (page, name) => page.locator('.line-item .line').filter({ hasText: name });
const header = (page) => page.locator('.thread-header');
const said = (page, text) => page.locator('.toast').getByText(text).waitFor();
const count = (page, name) => page.locator('.view-item').filter({ hasText: name }).locator('.view-count');

test('through the inbox by keyboard, each step undone, a second tab following', async () => {
    const page = await newTeammate(browser, server);
    for (const name of ['Grace Hopper', 'Noor Din', 'Alan Turing']) await begin(page, name, `Hello ${name}`);
    const other = await newTab(page);
    for (const tab of [page, other]) {
        await tab.goto(`${server.url}/inbox`);
        await ready(tab);
        await live(tab);
    }
    await count(page, 'All').getByText('3', { exact: true }).waitFor();
    await page.keyboard.press('j');
    await header(page).getByText('Alan Turing').waitFor();
    await page.keyboard.press('j');
    await header(page).getByText('Noor Din').waitFor();
    await page.keyboard.press('k');
    await header(page).getByText('Alan Turing').waitFor();

    await page.keyboard.press('e');
    await said(page, 'Conversation closed');
    await row(page, 'Alan Turing').waitFor({ state: 'detached' });
    await row(other, 'Alan Turing').waitFor({ state: 'detached' });
    await count(other, 'All').getByText('2', { exact: true }).waitFor();
    await page.keyboard.press('Control+z');
    await row(page, 'Alan Turing').waitFor();
    await row(other, 'Alan Turing').waitFor();
    await header(page).getByRole('button', { name: 'Close' }).waitFor();
    // The facts beside the thread list the conversation too; it was there before the list had it again.
    await holds(() => page.evaluate(() => document.activeElement.matches('.line-item .line[aria-current]')), 'the focus is in the list');
    await page.keyboard.press('e');
    await row(page, 'Alan Turing').waitFor({ state: 'detached' });
    await page.keyboard.press('j');
    await header(page).getByText('Noor Din').waitFor();

    await header(page).getByTitle('Assign (a)').waitFor();
    await page.keyboard.press('a');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Home');
    // Letters lead to whom they begin, and are no keys of the inbox meanwhile.
    await page.keyboard.type('no');
    await becomes(() => page.evaluate(() => document.activeElement.textContent.trim()), 'Nobody');
    await page.keyboard.press('Enter');
    await said(page, 'Conversation given to nobody');
    await row(other, 'Noor Din').filter({ hasNotText: 'Ada Lovelace' }).waitFor();
    await count(page, 'Unassigned').getByText('1', { exact: true }).waitFor();
    await page.keyboard.press('t');
    await page.waitForFunction(() => document.activeElement.name === 'tag');
    await page.keyboard.press('ArrowDown');
    assert.equal(await page.evaluate(() => document.activeElement.name), 'tag', 'the arrows are the field\'s, which suggests tags');
    await page.keyboard.type('Billing');
    await page.keyboard.press('Enter');
    await said(page, 'Conversation tagged');
    await header(page).locator('.tag').getByText('Billing').waitFor();
    await row(other, 'Noor Din').getByText('Billing').waitFor();
    await page.locator('.happened').getByText('Ada Lovelace tagged the conversation Billing').waitFor();

    await page.locator('h1').click();
    await page.keyboard.press('u');
    await said(page, 'Conversation marked unread');
    await row(other, 'Noor Din').getByText('Unread').waitFor();
    await page.keyboard.press('z');
    await header(page).getByRole('button', { name: 'Tomorrow at 09:00' }).waitFor();
    await page.keyboard.press('Enter');
    await said(page, /snoozed until/);
    await row(other, 'Noor Din').waitFor({ state: 'detached' });
    await other.getByRole('link', { name: 'Snoozed' }).click();
    await row(other, 'Noor Din').getByText(/Until/).waitFor();

    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys of the inbox' }).getByText('Next conversation').waitFor();
    await picture(page, 'inbox-keys-1440');
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    // It finds as one types; an open conversation stays, and what is typed meanwhile.
    const open = new URL(page.url()).pathname;
    await page.keyboard.type('grace ', { delay: 60 });
    await page.waitForURL(/find=grace/);
    await becomes(() => page.locator('.line-item').count(), 1);
    assert.equal(new URL(page.url()).pathname, open);
    assert.equal(await page.getByRole('searchbox', { name: 'Find by the person' }).inputValue(), 'grace ');
    await page.keyboard.type('zzz');
    await none(page.locator('.line-item'));
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.press('Backspace');
    await page.waitForURL((url) => !url.searchParams.has('find'));
    await becomes(() => page.locator('.line-item').count(), 1);
    await page.keyboard.type('grace');
    await page.keyboard.press('Enter');
    await page.waitForURL(/inbox\?(.*&)?find=grace/);
    await becomes(() => page.locator('.line-item').count(), 1);
    noErrors(page);
    noErrors(other);
    await page.context().close();
});

test('several together, and a view that is kept', async () => {
    const page = await newTeammate(browser, server);
    for (const name of ['Grace Hopper', 'Alan Turing', 'Alan Turing']) await begin(page, name, `Again ${name}`);
    await page.goto(`${server.url}/inbox?order=oldest`);
    await ready(page);
    await live(page);
    const before = await page.locator('.line-item').count();
    assert.ok(before >= 3);
    await page.locator('.line-item').first().hover();
    await page.locator('.line-pick input').first().click();
    await page.locator('.line-pick input').nth(2).click({ modifiers: ['Shift'] });
    await page.getByText('3 selected').waitFor();
    await picture(page, 'inbox-selected-1440');
    await page.locator('body').press('a');
    await page.locator('#selected-assign').getByRole('button', { name: 'Nobody' }).click();
    await said(page, '3 conversations given to nobody');
    await becomes(() => page.locator('#selected-assign').getAttribute('open'), null, 'the menu closes');
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.locator('.toast').waitFor({ state: 'detached' });
    const views = page.getByRole('navigation', { name: 'Views' });
    const focused = () => page.evaluate(() => document.activeElement?.textContent);
    await views.getByText('Keep this view').click();
    await views.getByText('Open conversations, oldest first').waitFor();
    await becomes(() => page.evaluate(() => document.activeElement?.id), 'view-name', 'one writes at once');
    await page.keyboard.type('Forgotten');
    await page.keyboard.press('Enter');
    const kept = views.getByRole('link', { name: /Forgotten/ });
    await views.locator('[aria-current]').filter({ hasText: 'Forgotten' }).waitFor();
    await becomes(() => views.locator('[aria-current]').count(), 1, 'one place is where one is');
    await views.getByText('Keep this view').waitFor({ state: 'hidden' });
    await page.waitForFunction(() => document.activeElement?.textContent.includes('Forgotten'));
    await page.getByRole('button', { name: 'Delete the view Forgotten' }).click();
    await views.getByText('Forgotten was deleted.').waitFor();
    await kept.waitFor({ state: 'detached' });
    await views.getByText('Keep this view').waitFor();
    await page.waitForFunction(() => document.activeElement?.textContent === 'Undo');
    await page.keyboard.press('Enter');
    await kept.waitFor();
    assert.match(await focused(), /Forgotten|Undo/);
    await views.getByText('Forgotten was deleted.').waitFor({ state: 'detached' });
    await page.waitForFunction(() => document.activeElement?.textContent.includes('Forgotten'));
    await page.reload();
    await page.getByRole('button', { name: 'Delete the view Forgotten' }).click();
    await kept.waitFor({ state: 'detached' });
    noErrors(page);
    await page.context().close();
});

test('what is answered first is a view: a second tab follows, in any state, and of anybody', async () => {
    const page = await newTeammate(browser, server);
    await begin(page, 'Noor Din', 'This one first');
    await ready(page);
    await live(page);
    const other = await newTab(page);
    await other.goto(`${server.url}/inbox`);
    await ready(other);
    await live(other);
    const views = other.getByRole('navigation', { name: 'Views' });
    const title = (name) => other.locator('.inbox-header').getByRole('heading', { name, exact: true }).waitFor();
    const here = async (name) => {
        await views.locator('[aria-current]').filter({ hasText: name }).waitFor();
        assert.equal(await views.locator('[aria-current]').count(), 1, 'one place is where one is');
    };
    const marks = async (said) => {
        await header(page).locator('summary').filter({ hasText: 'More' }).click();
        await header(page).getByRole('button', { name: said }).click();
    };
    await views.getByRole('link', { name: /^Priority/ }).click();
    await other.waitForURL(/\/inbox\?priority=1$/);
    await other.getByText('Nothing here has priority').waitFor();
    await title('Priority');
    await here('Priority');
    await marks('Mark as priority');
    await said(page, 'Conversation marked as priority');
    await row(other, 'Noor Din').getByText('Priority').waitFor();
    assert.equal(await other.locator('.line-item').count(), 1);
    for (const tab of [page, other]) await count(tab, 'Priority').getByText('1', { exact: true }).waitFor();

    await marks('No longer a priority');
    await row(other, 'Noor Din').waitFor({ state: 'detached' });
    for (const tab of [page, other]) await count(tab, 'Priority').getByText('1', { exact: true }).waitFor({ state: 'detached' });
    await other.getByText('Nothing here has priority').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await row(other, 'Noor Din').waitFor();
    await count(other, 'Priority').getByText('1', { exact: true }).waitFor();
    await picture(other, 'inbox-priority-1440');

    await header(page).getByRole('button', { name: 'Close' }).click();
    await said(page, 'Conversation closed');
    await row(other, 'Noor Din').waitFor({ state: 'detached' });
    await other.getByRole('link', { name: 'Closed' }).click();
    await other.waitForURL(/state=closed&priority=1$/);
    await row(other, 'Noor Din').getByText('Priority').waitFor();
    await here('Priority');

    // Of any list, and back.
    await views.getByRole('link', { name: /^Mine/ }).click();
    await other.waitForURL(/\?in=mine$/);
    const sort = other.locator('#sort');
    const only = async () => {
        await sort.locator('summary').click();
        await sort.getByRole('link', { name: 'Priority only' }).click();
        assert.equal(await sort.getAttribute('open'), null, 'the menu closes');
    };
    await only();
    await other.waitForURL(/\?in=mine&priority=1$/);
    await title('Mine, priority');
    await other.getByText('Nothing here has priority').waitFor();
    await here('Mine');
    await views.getByText('Keep this view').click();
    await views.getByText('Open priority conversations that you look after, newest first').waitFor();
    await header(page).getByRole('button', { name: 'Open again' }).click();
    await row(other, 'Noor Din').waitFor();
    await only();
    await other.waitForURL(/\?in=mine$/);
    await title('Mine');
    await marks('No longer a priority');
    await said(page, 'Conversation no longer a priority');
    noErrors(page);
    noErrors(other);
    await page.context().close();
});

test('without JavaScript what is answered first is a link away', async () => {
    const page = await newTeammate(browser, server, { javaScript: false });
    const views = page.getByRole('navigation', { name: 'Views' });
    await page.goto(`${server.url}/inbox?find=noor`);
    await page.locator('.line').first().click();
    const marks = async (said) => {
        await header(page).locator('summary').filter({ hasText: 'More' }).click();
        await header(page).getByRole('button', { name: said }).click();
    };
    await marks('Mark as priority');
    await page.getByText('Conversation marked as priority.').waitFor();
    await count(page, 'Priority').getByText('1', { exact: true }).waitFor();
    await views.getByRole('link', { name: /^Priority/ }).click();
    await page.waitForURL(/\/inbox\?priority=1$/);
    assert.equal(await page.locator('.line-item').count(), 1);
    await row(page, 'Noor Din').click();
    await marks('No longer a priority');
    await page.getByText('Conversation no longer a priority.').waitFor();
    await views.getByRole('link', { name: /^Priority/ }).click();
    await page.getByText('Nothing here has priority').waitFor();
    assert.equal(await page.locator('.line-item').count(), 0);
    await page.locator('#sort summary').click();
    await page.locator('#sort').getByRole('link', { name: 'Priority only' }).click();
    await page.waitForURL(/\/inbox$/);
    noErrors(page);
    await page.context().close();
});

test('a view is kept, deleted and kept again without JavaScript', async () => {
    const page = await newTeammate(browser, server, { javaScript: false });
    const views = page.getByRole('navigation', { name: 'Views' });
    await page.goto(`${server.url}/inbox?find=grace&order=oldest`);
    await views.getByText('Keep this view').click();
    await views.getByText('Open conversations with "grace", oldest first').waitFor();
    await page.getByLabel('Name of the view').fill('   ');
    await page.getByLabel('For the whole team').check();
    await page.getByRole('button', { name: 'Keep view' }).click();
    await views.getByRole('alert').getByText('Write between 1 and 100 characters').waitFor();
    assert.ok(await page.getByLabel('For the whole team').isChecked());
    await page.getByLabel('Name of the view').fill('Grace first');
    await page.getByRole('button', { name: 'Keep view' }).click();
    await views.locator('[aria-current]').filter({ hasText: 'Grace first' }).waitFor();
    await views.getByText("Team's views").waitFor();
    await page.getByRole('button', { name: 'Delete the view Grace first' }).click();
    await views.getByText('Grace first was deleted.').waitFor();
    await views.getByRole('button', { name: 'Undo' }).click();
    await views.locator('[aria-current]').filter({ hasText: 'Grace first' }).waitFor();
    await views.getByText("Team's views").waitFor();
    await page.getByRole('button', { name: 'Delete the view Grace first' }).click();
    noErrors(page);
    await page.context().close();
});

test('teams: made, filled, given a conversation, without JavaScript', async () => {
    const page = await newTeammate(browser, server, { javaScript: false });
    await page.goto(`${server.url}/settings/teams`);
    await page.getByLabel('Name of the new team').fill('Support');
    await page.getByRole('button', { name: 'Make team' }).click();
    await page.locator('.team-row').getByText('Support').waitFor();
    await page.getByLabel('Name of the new team').fill('support');
    await page.getByRole('button', { name: 'Make team' }).click();
    await page.getByRole('alert').getByText('There is a team called support already').waitFor();
    assert.equal(await page.getByLabel('Name of the new team').inputValue(), 'support');
    await page.locator('summary').filter({ hasText: 'Change' }).click();
    await page.getByLabel('Ada Lovelace').check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('.team-row').getByText('Ada Lovelace').first().waitFor();
    await page.goto(`${server.url}/inbox`);
    await page.locator('.line-pick input').first().check();
    await page.locator('#selected-assign summary').click();
    await page.locator('#selected-assign').getByRole('button', { name: 'Support' }).click();
    await page.getByText('Conversation assigned.').waitFor();
    await page.locator('.views').getByRole('link', { name: /Support/ }).click();
    await page.waitForURL(/in=team-/);
    assert.equal(await page.locator('.line-item').count(), 1);
    noErrors(page);
    await page.context().close();
});

test('thousands of conversations by scrolling: few nodes, short frames, and a place that holds', async () => {
    // Of a hundred that this fills in 92 are closed, and 4 open; `cargo test` builds it.
    execFileSync(join(root, 'target/debug/examples/inbox_bench'), [`sqlite://${join(server.folder, 'rapport.db')}`, String(Math.ceil(MANY * 1.1)), 'fill']);
    const page = await newTeammate(browser, server);
    await page.goto(`${server.url}/inbox?state=closed`);
    await ready(page);
    await live(page);
    await count(page, 'All').getByText(MANY > 25_000 ? '999+' : /^[1-9]\d\d$/).waitFor();
    const frame = page.locator('.lines-frame');
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable');
    const script = async () => {
        const { metrics } = await session.send('Performance.getMetrics');
        return metrics.find((m) => m.name === 'ScriptDuration').value * 1000;
    };
    const began = await script();
    // As a wheel does, a screen at a time, until the last row is there.
    const result = await frame.evaluate(async (frame) => {
        let frames = 0;
        let most = 0;
        let still = 0;
        while (still < 120) {
            const before = frame.scrollHeight - frame.scrollTop;
            frame.scrollTop += 600;
            await new Promise(requestAnimationFrame);
            frames += 1;
            still = frame.scrollHeight - frame.scrollTop === before && before - frame.clientHeight < 2 ? still + 1 : 0;
            if (frames % 50 === 0) most = Math.max(most, document.querySelectorAll('.lines-frame *').length);
        }
        return { frames, most, rows: Math.round(frame.scrollHeight / document.querySelector('.line-item').getBoundingClientRect().height) };
    });
    const each = ((await script()) - began) / result.frames;
    console.log(`# SQLite: ${result.rows} rows, ${result.frames} frames, ${each.toFixed(1)} ms of script a frame, at most ${result.most} nodes`);
    assert.ok(result.rows >= MANY, `${result.rows} rows`);
    assert.ok(result.most < 1_500, `${result.most} nodes`);

    await frame.evaluate((frame) => (frame.scrollTop = frame.scrollHeight / 2));
    const top = () =>
        frame.evaluate((frame) => {
            const box = frame.getBoundingClientRect();
            return document.elementFromPoint(box.x + 150, box.y + 60)?.closest('[data-conversation]')?.dataset.conversation;
        });
    await holds(top, 'there are rows in the middle, read again');
    const was = await top();
    const other = await newTab(page);
    await begin(other, 'Grace Hopper', 'A new one');
    await header(other).getByText('Close').first().waitFor();
    await ready(other);
    await other.locator('body').press('e');
    await said(other, 'Conversation closed');
    await page.waitForTimeout(2_500);
    assert.equal(await top(), was, 'what is read stays where it is');
    noErrors(page);
    await page.context().close();
});

test('on the phone the list scrolls by itself with few rows, and is where it was when a conversation is left', async () => {
    const page = await newTeammate(browser, server, { phone: true });
    await page.goto(`${server.url}/inbox?state=closed`);
    await ready(page);
    await live(page);
    const frame = page.locator('.lines-frame');
    const at = () => frame.evaluate((frame) => frame.scrollTop);
    await page.waitForFunction(() => document.documentElement.scrollHeight <= innerHeight);
    for (let n = 0; n < 5; n++) {
        // As far as rows are known.
        await page.waitForFunction(() => {
            const frame = document.querySelector('.lines-frame');
            return frame.scrollHeight - frame.scrollTop - frame.clientHeight > 1_500;
        });
        await frame.evaluate((frame) => (frame.scrollTop += 1_500));
    }
    await page.waitForFunction(() => [...document.querySelectorAll('a.line')].some((line) => Math.abs(line.getBoundingClientRect().top - 400) < 100));
    const was = await at();
    assert.ok(was > 6_000, `scrolled to ${was}`);
    await holds(async () => (await page.locator('.line-item').count()) < 60, 'only the rows near the screen are there');
    const name = (line) => line.getAttribute('data-conversation');
    const lines = page.locator('a.line');
    const shown = await lines.evaluateAll((all) => all.findIndex((a) => a.getBoundingClientRect().top > 300));
    const chosen = await name(lines.nth(shown));
    await page.locator(`a.line[data-conversation="${chosen}"]`).click();
    await page.locator('.part, .happened').first().waitFor();
    await page.locator('.thread-back').click();
    await page.locator(`a.line[data-conversation="${chosen}"]`).waitFor();
    await holds(async () => Math.abs((await at()) - was) < 3, 'the list is where it was');
    await page.waitForTimeout(400);
    assert.ok(Math.abs((await at()) - was) < 3, `it was at ${was} and is at ${await at()}`);
    assert.equal(await page.evaluate(() => scrollY), 0);
    noErrors(page);
    await page.context().close();
});

test('without JavaScript the list is pages', async () => {
    const page = await newTeammate(browser, server, { javaScript: false });
    await page.goto(`${server.url}/inbox`);
    assert.equal(await page.locator('.line-item').count(), 50);
    const first = await page.locator('.line').first().getAttribute('href');
    await page.getByRole('link', { name: 'Older' }).click();
    await page.waitForURL(/before=/);
    assert.equal(await page.locator('.line-item').count(), 50);
    assert.notEqual(await page.locator('.line').first().getAttribute('href'), first);
    noErrors(page);
    await page.context().close();
});

test('on every screen: the list, its views and the actions', async () => {
    for (const phone of [false, true]) {
        for (const dark of [false, true]) {
            const page = await newTeammate(browser, server, { phone, dark });
            const size = `${phone ? 390 : 1440}-${dark ? 'dark' : 'light'}`;
            await page.goto(`${server.url}/inbox?find=grace`);
            await live(page);
            await picture(page, `inbox-views-list-${size}`);
            if (phone) {
                await page.locator('.views-toggle summary').click();
                await picture(page, `inbox-views-${size}`);
                await page.locator('.views-toggle summary').click();
            }
            await row(page, 'Hello Grace Hopper').or(row(page, 'Grace')).first().click();
            await page.locator('.part, .happened').first().waitFor();
            if (phone) await page.locator('.thread-more summary').click();
            await header(page).locator('summary').filter({ hasText: 'Assign' }).click();
            await picture(page, `inbox-actions-${size}`);
            const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
            assert.equal(wide, false, 'nothing is wider than the screen');
            noErrors(page);
            await page.goto(`${server.url}/settings/teams`);
            await picture(page, `teams-${size}`);
            await page.context().close();
        }
    }
});
